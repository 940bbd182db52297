using System.Diagnostics;
using Bpc.Grains.Jobs;

namespace Bpc.FaultWorker;

/// <summary>FAULT_POISON: kills its process as the kernel does when memory runs out.</summary>
public sealed class PoisonHandler : IJobHandler
{
    public const string JobType = "FAULT_POISON";

    public string Type => JobType;

    public TimeSpan MaxRun => TimeSpan.FromMinutes(1);

    public Task<JobOutcome> RunAsync(ClaimedJob job, CancellationToken ct)
    {
        Process.GetCurrentProcess().Kill();
        return new TaskCompletionSource<JobOutcome>().Task;
    }
}
