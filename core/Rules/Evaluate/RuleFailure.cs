namespace Bpc.Core.Rules.Evaluate;

/// <summary>Why an evaluation ends without a result.</summary>
/// <param name="error">The catalogue's code.</param>
/// <param name="code">The rule's own code (E001), or the built-in OVERFLOW or FACT_INVALID, or the catalogue's
/// name.</param>
internal sealed class RuleFailure(BpcError error, string code, string message) : Exception(message)
{
    public BpcError Error { get; } = error;

    public string Code { get; } = code;

    /// <summary>Whether a require or ensure of the package failed, not the data's form or the arithmetic.</summary>
    public bool IsRequirement { get; private init; }

    public static RuleFailure Requirement(string code, string message) =>
        new(BpcError.RuleAssertFailed, code, message) { IsRequirement = true };

    public static RuleFailure Assert(string code, string message) => new(BpcError.RuleAssertFailed, code, message);

    public static RuleFailure Of(BpcError error, string message) => new(error, error.Name, message);

    /// <summary>The exception callers see: it names the field or check, then the code, then the reason.</summary>
    public BpcException In(string? place)
    {
        var reason = $"{Code}: {Message}";
        return new(Error, place is null ? reason : $"{place}: {reason}", [new(place ?? "", reason)], this);
    }
}
