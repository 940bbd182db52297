using System.Text.Json;
using Bpc.Core;
using Bpc.Core.Canonical;
using Bpc.Grains.Jobs;
using Bpc.Grains.Storage;

namespace Bpc.FaultWorker;

/// <summary>
/// FAULT_WORK: waits, then writes its claim's epoch into job_effects (tests/Jobs/Invariants/invariants.sql) together
/// with the job's end. Its payload says how: <c>ms</c> it takes, on average; <c>commit_ms</c> its transaction takes;
/// <c>fails</c>, as a share of 100; <c>next</c>, where it queues another; <c>deaf</c>, where it does not heed its
/// token.
/// </summary>
public sealed class WorkHandler : IJobHandler
{
    public const string JobType = "FAULT_WORK";

    public string Type => JobType;

    public TimeSpan MaxRun => TimeSpan.FromMinutes(5);

    public async Task<JobOutcome> RunAsync(ClaimedJob job, CancellationToken ct)
    {
        using var payload = JsonDocument.Parse(job.Payload);
        var asked = payload.RootElement;
        var time = TimeSpan.FromMilliseconds(Number(asked, "ms") * 2 * Random.Shared.NextDouble());
        await Task.Delay(time, Flag(asked, "deaf") ? CancellationToken.None : ct);
        List<Write> writes = [new("INSERT INTO job_effects VALUES ($1, $2)", [job.JobId, job.Epoch])];
        if (Number(asked, "commit_ms") is > 0 and var commit)
        {
            writes.Add(new("SELECT pg_sleep($1 / 1000.0)", [commit], Rows: null));
        }

        if (Random.Shared.Next(100) < Number(asked, "fails"))
        {
            return new JobOutcome.Fail(BpcError.WebhookFailed, "as it was asked to", writes);
        }

        if (Flag(asked, "next"))
        {
            writes.Add(Next(job));
        }

        return new JobOutcome.Succeed(JsonValue.Object(), writes);
    }

    private static Write Next(ClaimedJob job) => Enqueue.Job(
        Guid.CreateVersion7(), job.TenantId, JobType,
        JsonValue.Object(("effect", true), ("source", job.JobId.ToString())), job.JobId.ToString(), Cause.Of(job));

    private static int Number(JsonElement asked, string name) =>
        asked.TryGetProperty(name, out var value) ? value.GetInt32() : 0;

    private static bool Flag(JsonElement asked, string name) =>
        asked.TryGetProperty(name, out var value) && value.GetBoolean();
}
