using System.Diagnostics;
using Bpc.Grains.Jobs.Running;

namespace Bpc.Grains.Jobs;

/// <summary>The spans of jobs. Where nobody listens they cost nothing.</summary>
internal static class JobTrace
{
    /// <summary>The trace source's name.</summary>
    public const string Name = "Bpc.Jobs";

    private static readonly ActivitySource s_source = new(Name);

    /// <summary>
    /// A span under that of whoever enqueued the job; a job of plain SQL begins a trace of its own. Null where nobody
    /// listens.
    /// </summary>
    public static Activity? Start(ClaimedJob job)
    {
        if (!s_source.HasListeners())
        {
            return null;
        }

        Activity.Current = null; // the claim, which took other jobs too
        _ = ActivityContext.TryParse(job.TraceParent, null, isRemote: true, out var enqueuer);
        var span = s_source.StartActivity($"job {job.Type}", ActivityKind.Consumer, enqueuer);
        return span?.SetTag("bpc.job.id", job.JobId).SetTag("bpc.job.type", job.Type)
            .SetTag("bpc.job.attempt", job.Attempt).SetTag("bpc.tenant.id", job.TenantId)
            .SetTag("bpc.correlation_id", job.CorrelationId);
    }

    /// <summary>What became of the job; an error where it did not succeed.</summary>
    public static void Ended(this Activity? span, JobEnd end)
    {
        if (span is not null)
        {
            span.SetTag("bpc.job.status", end.Status);
            if (end.ErrorCode is { } code)
            {
                span.SetTag("error.type", code).SetStatus(ActivityStatusCode.Error, code);
            }
        }
    }

    /// <summary>What a call this job makes carries as its <c>traceparent</c>; null where there is no trace.</summary>
    public static string? ParentFor(ClaimedJob job) =>
        Cause.Of(job).TraceParent is { } parent && ActivityContext.TryParse(parent, null, out _) ? parent : null;

    /// <summary>The trace a job belongs to, as log lines name it; null where it has none.</summary>
    public static string? IdOf(ClaimedJob job) =>
        Activity.Current is { } span ? span.TraceId.ToHexString()
        : job.TraceParent is { Length: 55 } parent ? parent.Substring(3, 32) : null;
}
