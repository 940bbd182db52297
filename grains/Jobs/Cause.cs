using System.Diagnostics;
using Bpc.GrainInterfaces;

namespace Bpc.Grains.Jobs;

/// <summary>
/// What asked for something, across processes: the span it belongs to, and the correlation id of the call that began
/// it.
/// </summary>
public readonly record struct Cause(string? TraceParent, string? CorrelationId)
{
    /// <summary>A command somebody typed: no call, no trace.</summary>
    public static readonly Cause None;

    public static Cause Of(Call call) => new(call.TraceParent, call.CorrelationId);

    /// <summary>The job's own span where it is traced here; else whatever the job was enqueued under.</summary>
    public static Cause Of(ClaimedJob job) => new(Activity.Current?.Id ?? job.TraceParent, job.CorrelationId);
}
