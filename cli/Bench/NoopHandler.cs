using System.Diagnostics;
using Bpc.Core;
using Bpc.Core.Canonical;
using Bpc.Grains.Jobs;

namespace Bpc.Cli.Bench;

/// <summary>
/// NOOP: does nothing, and tells when the last of the awaited jobs has begun. Only the benchmark's silos know it.
/// </summary>
internal sealed class NoopHandler : IJobHandler
{
    public const string JobType = "NOOP";

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);
    private static readonly Task<JobOutcome> s_done =
        Task.FromResult<JobOutcome>(new JobOutcome.Succeed(JsonValue.Object()));

    private TaskCompletionSource<long> _last = new();
    private int _left;

    public string Type => JobType;

    public TimeSpan MaxRun => TimeSpan.FromMinutes(1);

    /// <summary>The timestamp at which the last of the next <paramref name="jobs"/> begins.</summary>
    public async Task<long> ExpectAsync(int jobs, CancellationToken ct)
    {
        // Whoever waits goes on elsewhere: nothing of the measurement runs inside a grain.
        _last = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _left, jobs);
        try
        {
            return await _last.Task.WaitAsync(s_patience, ct);
        }
        catch (TimeoutException)
        {
            throw new BpcException(BpcError.Internal, $"{_left} of {jobs} jobs have not begun within {s_patience}");
        }
    }

    public Task<JobOutcome> RunAsync(ClaimedJob job, CancellationToken ct)
    {
        if (Interlocked.Decrement(ref _left) == 0)
        {
            _last.TrySetResult(Stopwatch.GetTimestamp());
        }

        return s_done;
    }
}
