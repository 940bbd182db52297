using Bpc.Core;

namespace Bpc.GrainInterfaces;

/// <summary>
/// What of a <see cref="BpcException"/> crosses a grain call: code, sentence and violations; inner exception and stack
/// stay in the silo.
/// </summary>
[GenerateSerializer, Immutable, Alias("bpc.BpcExceptionWire")]
public readonly record struct BpcExceptionWire(
    [property: Id(0)] string Code, [property: Id(1)] string Detail,
    [property: Id(2)] (string Where, string Message, string? Code)[] Violations);

/// <summary>Without it a caller would get a CodecNotFoundException in place of the error.</summary>
[RegisterConverter]
public sealed class BpcExceptionConverter : IConverter<BpcException, BpcExceptionWire>
{
    public BpcException ConvertFromSurrogate(in BpcExceptionWire surrogate) =>
        new(BpcError.Named(surrogate.Code), surrogate.Detail,
            [.. surrogate.Violations.Select(v => new Violation(v.Where, v.Message, v.Code))]);

    public BpcExceptionWire ConvertToSurrogate(in BpcException value) =>
        new(value.Code.Name, value.Message, [.. value.Violations.Select(v => (v.Where, v.Message, v.Code))]);
}
