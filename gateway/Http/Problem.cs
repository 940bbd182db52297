using System.ComponentModel;
using System.Text.Json.Serialization;
using Bpc.Core;

namespace Bpc.Gateway.Http;

/// <summary>An RFC 9457 problem document.</summary>
[Description("What went wrong (RFC 9457).")]
internal sealed record Problem(
    [property: Description("urn:bpc:error: and the code.")] string Type,
    string Title,
    int Status,
    [property: Description("What happened, in a sentence for a person.")] string Detail,
    [property: Description("The error code: the same in problems, jobs, logs and metrics.")] string Code,
    [property: Description("Whether the same request may succeed later, unchanged.")] bool Retryable,
    [property: Description("The X-Correlation-Id of the request.")] string CorrelationId,
    [property: Description("Every place that is wrong, with what would be right.")]
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyList<Violation>? Violations)
{
    public static Problem Of(BpcException error, int status, string correlationId) => new(
        $"urn:bpc:error:{error.Code.Name}", Sentence(error.Code.Name), status, error.Message, error.Code.Name,
        error.Code.InJob == Disposition.Retry, correlationId, error.Violations is { Count: > 0 } all ? all : null);

    /// <summary>SNAPSHOT_NOT_SEALED → Snapshot not sealed.</summary>
    private static string Sentence(string code) => code[0] + code[1..].Replace('_', ' ').ToLowerInvariant();
}
