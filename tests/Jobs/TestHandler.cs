using Bpc.Core.Canonical;
using Bpc.Grains.Jobs;

namespace Bpc.Tests.Jobs;

/// <summary>A job type of a test's own.</summary>
public sealed class TestHandler(
    string type, Func<ClaimedJob, CancellationToken, Task<JobOutcome>> run, TimeSpan? maxRun = null) : IJobHandler
{
    public static readonly JobOutcome Done = new JobOutcome.Succeed(JsonValue.Object());

    public string Type => type;

    public TimeSpan MaxRun => maxRun ?? TimeSpan.FromMinutes(1);

    public Task<JobOutcome> RunAsync(ClaimedJob job, CancellationToken ct) => run(job, ct);

    /// <summary>Succeeds at once.</summary>
    public static TestHandler Succeeding(string type) => new(type, (_, _) => Task.FromResult(Done));
}
