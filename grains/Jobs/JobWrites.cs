using Bpc.Core.Canonical;
using Bpc.Grains.Audit;
using Bpc.Grains.Storage;

namespace Bpc.Grains.Jobs;

/// <summary>What handlers append and enqueue in the name of their job.</summary>
internal static class JobWrites
{
    /// <summary>The actor of what the job does.</summary>
    public static string Actor(this ClaimedJob job) => $"job:{job.JobId}";

    public static Write Event(
        this ClaimedJob job, string eventType, Guid aggregateId,
        params IEnumerable<(string Name, JsonValue Value)> payload) =>
        Events.Append(
            job.TenantId, EventTypes.Aggregate(eventType), aggregateId, eventType, job.Actor(),
            JsonValue.Object(payload), Cause.Of(job));

    /// <summary>
    /// The next job of the chain, under the same trace; the source's id as key makes it one however often this job
    /// runs.
    /// </summary>
    public static Write Next(
        this ClaimedJob job, Guid nextJobId, string type, Guid source,
        params IEnumerable<(string Name, JsonValue Value)> payload) =>
        Enqueue.Job(nextJobId, job.TenantId, type, JsonValue.Object(payload), source.ToString(), Cause.Of(job));
}
