using Bpc.GrainInterfaces.Jobs;
using Bpc.Grains.Jobs.Running;

namespace Bpc.Grains.Jobs.Measuring;

/// <summary>Reads one silo's <see cref="JobTallies"/> (key: the silo's address).</summary>
[Alias("bpc.ISiloJobsGrain")]
internal interface ISiloJobsGrain : IGrainWithStringKey
{
    [Alias("Ended")]
    Task<EndedJobs[]> EndedAsync();
}

[KeyedPlacement]
internal sealed class SiloJobsGrain(JobTallies tallies, ILocalSiloDetails silo) : Grain, ISiloJobsGrain
{
    // Elsewhere its silo is gone, and with it what it knew.
    public Task<EndedJobs[]> EndedAsync() => Task.FromResult(
        this.GetPrimaryKeyString() == silo.SiloAddress.ToParsableString() ? tallies.Read() : []);
}
