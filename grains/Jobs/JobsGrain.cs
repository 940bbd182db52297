using System.Text.Json;
using Bpc.Core;
using Bpc.GrainInterfaces;
using Bpc.GrainInterfaces.Jobs;
using Bpc.Grains.Storage;
using Orleans.Concurrency;

namespace Bpc.Grains.Jobs;

/// <summary>
/// What operators do to a tenant's jobs, on whichever silo they ask. Each call changes rows as the quickstart's SQL does; the fence keeps running
/// claims out.
/// </summary>
[StatelessWorker(1)]
internal sealed class JobsGrain(Transactions transactions, JobQueue queue, JobWake wake) : Grain, IJobsGrain
{
    private static readonly string[] s_ended = ["SUCCEEDED", "FAILED", "DEAD_LETTER", "CANCELLED"];

    private const string Requeue = """
        UPDATE jobs SET status = 'QUEUED', attempts = 0, rescues = 0, scheduled_at = now(), lease_owner = NULL,
               lease_expires_at = NULL, completed_at = NULL, last_error = NULL, result = NULL
        """;

    public async Task<JobQueued> EnqueueAsync(Call call, JobRequest request)
    {
        if (!IsObject(request.Payload))
        {
            throw new BpcException(BpcError.Validation, "payload: a JSON object is needed");
        }

        var job = new NewJob(
            Guid.CreateVersion7(), call.TenantId, request.Type, request.Payload, call.IdempotencyKey, Cause.Of(call));
        return new(await queue.EnqueueAsync(job), "QUEUED");
    }

    public async Task<JobQueued> RetryAsync(Call call, Guid jobId)
    {
        var queued = await transactions.RunAsync(call, async tx =>
        {
            var job = await LockAsync(tx, jobId);
            if (!s_ended.Contains(job.Status))
            {
                throw new BpcException(
                    BpcError.InvalidState, $"job {jobId} is {job.Status}; only a job that has ended can be retried");
            }

            await tx.ExecuteAsync(
                $"{Requeue} WHERE tenant_id = @TenantId AND job_id = @jobId", new { tx.TenantId, jobId });
            return new JobQueued(jobId, "QUEUED");
        });
        wake.Signal();
        return queued;
    }

    public async Task<int> RetryManyAsync(Call call, JobFilter filter)
    {
        if (!s_ended.Contains(filter.Status))
        {
            throw new BpcException(
                BpcError.Validation, $"status '{filter.Status}'; allowed: {string.Join(", ", s_ended)}");
        }

        var retried = await transactions.RunAsync(call, async tx => new Retried(await tx.ExecuteAsync(
            $"""
            {Requeue}
             WHERE tenant_id = @TenantId AND status = @Status AND (@Type::text IS NULL OR type = @Type)
               AND (@ErrorCode::text IS NULL OR last_error->>'error_code' = @ErrorCode)
            """,
            new { tx.TenantId, filter.Status, filter.Type, filter.ErrorCode })));
        wake.Signal();
        return retried.Jobs;
    }

    public async Task<JobQueued> CancelAsync(Call call, Guid jobId)
    {
        LockedJob? running = null;
        var cancelled = await transactions.RunAsync(call, async tx =>
        {
            var job = await LockAsync(tx, jobId);
            if (s_ended.Contains(job.Status))
            {
                throw new BpcException(BpcError.InvalidState, $"job {jobId} is {job.Status} already");
            }

            running = job.Status == "RUNNING" ? job : null;
            await tx.ExecuteAsync(
                """
                UPDATE jobs SET status = 'CANCELLED', completed_at = now(), lease_expires_at = NULL
                 WHERE tenant_id = @TenantId AND job_id = @jobId
                """,
                new { tx.TenantId, jobId });
            return new JobQueued(jobId, "CANCELLED");
        });
        if (running is { LeaseSilo: { } silo, LeaseEpoch: var epoch })
        {
            // Its handler only works in vain from here on: should the word not reach it, the next renewal tells it.
            GrainFactory.GetGrain<IDispatcherGrain>(silo).StopJobAsync(jobId, epoch).Ignore();
        }

        return cancelled;
    }

    private static bool IsObject(string json)
    {
        try
        {
            return JsonElement.Parse(json).ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static async Task<LockedJob> LockAsync(CallTransaction tx, Guid jobId) =>
        await tx.FirstAsync<LockedJob>(
            """
            SELECT status AS Status, lease_silo AS LeaseSilo, lease_epoch AS LeaseEpoch FROM jobs
             WHERE tenant_id = @TenantId AND job_id = @jobId FOR UPDATE
            """,
            new { tx.TenantId, jobId })
        ?? throw new BpcException(BpcError.NotFound, $"job {jobId}");

    private sealed record LockedJob(string Status, string? LeaseSilo, long LeaseEpoch);

    private sealed record Retried(int Jobs);
}
