using System.Text;
using Bpc.Core.Canonical;
using Bpc.Grains.Storage;

namespace Bpc.Grains.Jobs;

/// <summary>Puts a job into the table, in somebody's transaction.</summary>
public static class Enqueue
{
    /// <summary>
    /// The write for one job. With an idempotency key (derived from the source, such as the job that asks) a repeat
    /// changes nothing.
    /// </summary>
    public static Write Job(
        Guid jobId, Guid tenantId, string type, JsonValue.Record payload, string? idempotencyKey, Cause cause) =>
        Write.Of(new NewJob(
            jobId, tenantId, type, Encoding.UTF8.GetString(CanonicalJson.Write(payload)), idempotencyKey, cause));
}
