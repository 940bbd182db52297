using Bpc.Core;
using Bpc.Gateway.Http;
using Bpc.GrainInterfaces.Jobs;

namespace Bpc.Gateway.Operations;

/// <summary>The jobs of all tenants, which this process may not see itself: a silo counts them.</summary>
internal static class ClusterJobs
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    public static async Task<JobCount[]> CountAsync(IGrainFactory grains, CancellationToken ct)
    {
        try
        {
            return await grains.GetGrain<IJobCountsGrain>(0).CountAsync().WaitAsync(s_patience, ct);
        }
        catch (Exception e) when (ClusterErrors.IsUnavailable(e))
        {
            throw new BpcException(BpcError.QueueUnavailable, "no silo answers", inner: e);
        }
    }
}
