using Bpc.Core;

namespace Bpc.GrainInterfaces;

/// <summary>What of a <see cref="BpcException"/> crosses a grain call: code, sentence and violations; inner exception and stack stay in the silo.</summary>
[GenerateSerializer, Alias("bpc.BpcExceptionWire")]
public struct BpcExceptionWire
{
    [Id(0)]
    public string Code;

    [Id(1)]
    public string Detail;

    [Id(2)]
    public (string Where, string Message)[] Violations;
}

/// <summary>Without it a caller would get a CodecNotFoundException in place of the error.</summary>
[RegisterConverter]
public sealed class BpcExceptionConverter : IConverter<BpcException, BpcExceptionWire>
{
    public BpcException ConvertFromSurrogate(in BpcExceptionWire surrogate) =>
        new(BpcError.Named(surrogate.Code), surrogate.Detail, [.. surrogate.Violations.Select(v => new Violation(v.Where, v.Message))]);

    public BpcExceptionWire ConvertToSurrogate(in BpcException value) => new()
    {
        Code = value.Code.Name,
        Detail = value.Message,
        Violations = [.. value.Violations.Select(v => (v.Where, v.Message))],
    };
}
