using System.Text.Json.Serialization;

namespace Bpc.Core;

/// <summary>
/// One thing that is wrong with an input: where (JSON pointer, or CSV/rule line and column), what, and what would be
/// right.
/// </summary>
/// <param name="Where">
/// A JSON pointer such as <c>/battery/sku</c>, <c>line 3, column 7</c>, or empty for the whole input.
/// </param>
/// <param name="Message">What was wrong and what would be right, for a person.</param>
/// <param name="Code">
/// What kind of error stands here, where the places of one input may differ in it: rules that neither parse nor
/// type-check. Null: that of the whole.
/// </param>
public sealed record Violation(
    string Where, string Message,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Code = null);

/// <summary>
/// The one exception BPC raises on purpose: a code of the catalogue, a sentence for a person, and all violations where
/// there are several.
/// </summary>
public sealed class BpcException(
    BpcError code, string detail, IReadOnlyList<Violation>? violations = null, Exception? inner = null)
    : Exception(detail, inner)
{
    /// <summary>What kind of error it is.</summary>
    public BpcError Code { get; } = code;

    /// <summary>Every violation found, not only the first; empty where the detail says it all.</summary>
    public IReadOnlyList<Violation> Violations { get; } = violations ?? [];
}
