using System.Diagnostics;
using OpenTelemetry.Trace;

namespace Bpc.Hosting.Tracing;

/// <summary>
/// Begins a trace for what somebody asked for (a request, a job), never for a statement alone: every poll and every
/// heartbeat of the cluster would be a trace of its own.
/// </summary>
internal sealed class WorkSampler(double ratio) : Sampler
{
    private readonly TraceIdRatioBasedSampler _share = new(ratio);

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        samplingParameters.Kind is ActivityKind.Server or ActivityKind.Consumer
            ? _share.ShouldSample(samplingParameters) : new(SamplingDecision.Drop);
}
