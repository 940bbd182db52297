using System.Diagnostics;
using Bpc.Core;
using Bpc.Core.Canonical;
using Bpc.GrainInterfaces;
using Bpc.GrainInterfaces.Jobs;
using Bpc.Grains.Audit;
using Bpc.Grains.Calls;
using Bpc.Grains.Jobs.Enqueuing;
using Bpc.Grains.Jobs.Running;
using Bpc.Grains.Jobs.Waking;
using Bpc.Grains.Storage;
using Orleans.Concurrency;

namespace Bpc.Grains.Jobs.Operating;

/// <summary>
/// What operators do to a tenant's jobs, on whichever silo they ask. Each call changes rows as the quickstart's SQL
/// does; the fence keeps running claims out.
/// </summary>
[StatelessWorker(1)]
internal sealed class JobsGrain(Transactions transactions, JobQueue queue, JobWake wake, JobHandlers handlers)
    : Grain, IJobsGrain
{
    private const int MaxBatches = 20;
    private static readonly string[] s_ended = ["SUCCEEDED", "FAILED", "DEAD_LETTER", "CANCELLED"];
    private static readonly TimeSpan s_retryFor = TimeSpan.FromSeconds(10);

    public async Task<JobQueued> EnqueueAsync(Call call, JobRequest request)
    {
        JobRequestInput.Check(request).OneOf("/type", request.Type, handlers.Types).ThrowIfWrong();
        var job = new NewJob(
            Guid.CreateVersion7(), call.TenantId, request.Type, request.Payload, call.IdempotencyKey, Cause.Of(call),
            request.Priority, request.ScheduledAt);
        return call.RequestHash is null
            ? new(await queue.EnqueueAsync(job), "QUEUED")
            : await transactions.RunAsync(call, async tx => // which keeps the request beside its answer
            {
                await tx.WriteAsync(Write.Of(job with { IdempotencyKey = null }));
                return new JobQueued(job.JobId, "QUEUED");
            });
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

            await tx.ExecuteAsync(OperatorStatements.Retry, new { tx.TenantId, jobId });
            return new JobQueued(jobId, "QUEUED");
        });
        wake.SignalAll();
        return queued;
    }

    public async Task<JobsRetried> RetryManyAsync(Call call, JobFilter filter)
    {
        if (!s_ended.Contains(filter.Status))
        {
            throw new BpcException(
                BpcError.Validation, $"status '{filter.Status}'; allowed: {string.Join(", ", s_ended)}");
        }

        try
        {
            // What is done stays done; but an answer that is to be kept is the answer of one transaction.
            return call.IdempotencyKey is null
                ? await RetryManyAsync(filter, rest => transactions.RunAsync(call, tx => RetrySomeAsync(tx, rest)))
                : await transactions.RunAsync(call, tx => RetryManyAsync(filter, rest => RetrySomeAsync(tx, rest)));
        }
        finally
        {
            wake.SignalAll();
        }
    }

    // As many as there is time for before the caller would give up waiting.
    private static async Task<JobsRetried> RetryManyAsync(
        JobFilter filter, Func<JobFilter, Task<JobsRetried>> someAsync)
    {
        var (began, total) = (Stopwatch.GetTimestamp(), 0);
        for (var batches = 1; ; batches++)
        {
            var some = await someAsync(filter);
            total += some.Jobs;
            if (some.Jobs < OperatorStatements.AtOnce || batches == MaxBatches
                || Stopwatch.GetElapsedTime(began) > s_retryFor)
            {
                return some with { Jobs = total };
            }

            filter = filter with { Before = some.Before };
        }
    }

    private static async Task<JobsRetried> RetrySomeAsync(CallTransaction tx, JobFilter filter)
    {
        var before = filter.Before ?? await tx.FirstAsync<DateTime>("SELECT now()", new { });
        await tx.ExecuteAsync("SET LOCAL enable_sort = off", new { });
        return new(
            await tx.ExecuteAsync(
                OperatorStatements.RetryMany(tx.TenantId, filter.Status),
                new { tx.TenantId, filter.Type, filter.ErrorCode, before }),
            before);
    }

    public Task<JobQueued> CancelAsync(Call call, Guid jobId) => transactions.RunAsync(call, async tx =>
    {
        var job = await LockAsync(tx, jobId);
        if (s_ended.Contains(job.Status))
        {
            throw new BpcException(BpcError.InvalidState, $"job {jobId} is {job.Status} already");
        }

        await tx.ExecuteAsync(OperatorStatements.Cancel, new { tx.TenantId, jobId });
        return new JobQueued(jobId, "CANCELLED");
    });

    public Task<JobQueued> SnoozeAsync(Call call, Guid jobId, int seconds) => transactions.RunAsync(call, async tx =>
    {
        var job = await LockAsync(tx, jobId);
        if (job.Status != "QUEUED")
        {
            throw new BpcException(BpcError.InvalidState, $"job {jobId} is {job.Status}; only a queued one can wait");
        }

        await tx.ExecuteAsync(OperatorStatements.Snooze, new { tx.TenantId, jobId, seconds });
        return new JobQueued(jobId, job.Status);
    });

    public Task<JobControls> PauseAsync(Call call, string? type, string? reason) =>
        ControlAsync(
            call, OperatorStatements.Pause, new { call.TenantId, type, reason }, EventTypes.JobControlPaused,
            ("type", Text(type)), ("reason", Text(reason)));

    public Task<JobControls> ResumeAsync(Call call, string? type) =>
        ControlAsync(
            call, OperatorStatements.Resume, new { call.TenantId, type }, EventTypes.JobControlResumed,
            ("type", Text(type)));

    public Task<JobControls> LimitAsync(Call call, string? type, int? maxRunning, int? maxPerMinute) =>
        ControlAsync(
            call, maxRunning is null && maxPerMinute is null ? OperatorStatements.Unlimit : OperatorStatements.Limit,
            new { call.TenantId, type, maxRunning, maxPerMinute }, EventTypes.JobControlLimited,
            ("type", Text(type)), ("max_running", Number(maxRunning)), ("max_per_minute", Number(maxPerMinute)));

    // Read in the same transaction, so that a repeated call is answered with what it found the first time. These hold
    // until somebody takes them back, so the audit trail says who gave them.
    private Task<JobControls> ControlAsync(
        Call call, string statement, object parameters, string eventType,
        params IReadOnlyList<(string Name, JsonValue Value)> said) =>
        transactions.RunAsync(call, async tx =>
        {
            if (await tx.ExecuteAsync(statement, parameters) > 0)
            {
                await tx.WriteAsync(tx.Event(eventType, tx.TenantId, said));
            }

            return new JobControls(
                await tx.ListAsync<JobPause>(OperatorStatements.Pauses, new { tx.TenantId }),
                await tx.ListAsync<JobLimit>(OperatorStatements.Limits, new { tx.TenantId }));
        });

    private static JsonValue Text(string? text) => text is null ? JsonValue.Null.Value : text;

    private static JsonValue Number(int? number) => number is { } known ? known : JsonValue.Null.Value;

    private static async Task<LockedJob> LockAsync(CallTransaction tx, Guid jobId) =>
        await tx.FirstAsync<LockedJob>(
            """
            SELECT status AS Status FROM jobs WHERE tenant_id = @TenantId AND job_id = @jobId FOR UPDATE
            """,
            new { tx.TenantId, jobId })
        ?? throw new BpcException(BpcError.NotFound, $"job {jobId}");

    private sealed record LockedJob(string Status);
}
