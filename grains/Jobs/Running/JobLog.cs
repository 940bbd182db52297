using Microsoft.Extensions.Logging;

namespace Bpc.Grains.Jobs.Running;

/// <summary>The engine's log lines, in the words of the quickstart.</summary>
internal static partial class JobLog
{
    private static readonly Func<ILogger, Guid, string, Guid, string?, string?, IDisposable?> s_job =
        LoggerMessage.DefineScope<Guid, string, Guid, string?, string?>(
            "job_id={JobId}, type={JobType}, tenant_id={TenantId}, trace_id={TraceId}, correlation_id={CorrelationId}");

    /// <summary>Every line until disposed belongs to the job.</summary>
    public static IDisposable? BeginJob(this ILogger log, ClaimedJob job) =>
        s_job(log, job.JobId, job.Type, job.TenantId, JobTrace.IdOf(job), job.CorrelationId);

    [LoggerMessage(LogLevel.Information, "Worker started: worker-id={WorkerId}")]
    public static partial void Started(this ILogger log, string workerId);

    [LoggerMessage(
        LogLevel.Information,
        "Config: poll_interval={PollMs}ms, lease_ttl={LeaseSeconds}s, lease_renew={RenewSeconds}s")]
    public static partial void Config(this ILogger log, long pollMs, double leaseSeconds, double renewSeconds);

    [LoggerMessage(LogLevel.Information, "Polling for jobs...")]
    public static partial void Polling(this ILogger log);

    [LoggerMessage(LogLevel.Information, "No jobs in queue, sleeping {PollMs}ms")]
    public static partial void NoJobs(this ILogger log, long pollMs);

    [LoggerMessage(LogLevel.Information, "Acquired job: job_id={JobId}, type={JobType}")]
    public static partial void Acquired(this ILogger log, Guid jobId, string jobType);

    [LoggerMessage(LogLevel.Information, "Starting lease renewal thread")]
    public static partial void Renewing(this ILogger log);

    [LoggerMessage(LogLevel.Information, "Job completed: job_id={JobId}, status={Status}, duration={DurationMs}ms")]
    public static partial void Completed(this ILogger log, Guid jobId, string status, long durationMs);

    [LoggerMessage(
        LogLevel.Warning,
        "Job attempt failed: job_id={JobId}, type={JobType}, attempt={Attempt}, error_code={ErrorCode}")]
    public static partial void AttemptFailed(
        this ILogger log, Guid jobId, string jobType, int attempt, string errorCode);

    [LoggerMessage(LogLevel.Warning, "Lost the lease: job_id={JobId}, epoch={Epoch}; nothing was written")]
    public static partial void LeaseLost(this ILogger log, Guid jobId, long epoch);

    [LoggerMessage(LogLevel.Error, "Job failed: job_id={JobId}")]
    public static partial void HandlerFailed(this ILogger log, Exception error, Guid jobId);

    [LoggerMessage(LogLevel.Error, "Job abandoned, its lease will run out: job_id={JobId}")]
    public static partial void Abandoned(this ILogger log, Exception error, Guid jobId);

    [LoggerMessage(LogLevel.Warning, "Job could not be started here, back to the queue: job_id={JobId}, {Reason}")]
    public static partial void NotStarted(this ILogger log, Guid jobId, string reason);

    [LoggerMessage(LogLevel.Warning, "The database does not answer, trying again: {Reason}")]
    public static partial void DatabaseAway(this ILogger log, string reason);

    [LoggerMessage(
        LogLevel.Warning, "The dispatcher's reminder cannot be registered, trying again in a minute: {Reason}")]
    public static partial void NoReminder(this ILogger log, string reason);

    [LoggerMessage(LogLevel.Error, "A round of the job engine failed, the next one tries again")]
    public static partial void RoundFailed(this ILogger log, Exception error);

    [LoggerMessage(LogLevel.Warning, "Rescued job: job_id={JobId}, type={JobType}, status={Status}; {Reason}")]
    public static partial void Rescued(this ILogger log, Guid jobId, string jobType, string status, string reason);

    [LoggerMessage(LogLevel.Information, "Stopping: {Running} jobs may finish within {Grace}")]
    public static partial void Stopping(this ILogger log, int running, TimeSpan grace);
}
