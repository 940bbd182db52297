namespace Bpc.Grains.Jobs;

/// <summary>Does one type of job: reads, calls core, returns its writes. It opens no transaction of its own.</summary>
public interface IJobHandler
{
    /// <summary>Such as <c>PARSE_FACTS</c>.</summary>
    string Type { get; }

    /// <summary>After this the handler is cancelled and the lease no longer renewed (JOB_TIMEOUT).</summary>
    TimeSpan MaxRun { get; }

    Task<JobOutcome> RunAsync(ClaimedJob job, CancellationToken ct);
}
