namespace Bpc.Grains.Jobs.Running;

/// <summary>
/// One claim of one job (key: job_id, with the lease_epoch as extension, so that one activation is one lease).
/// </summary>
[Alias("bpc.IJobGrain")]
internal interface IJobGrain : IGrainWithGuidCompoundKey
{
    /// <summary>Starts the job and returns at once. False: this silo holds no such lease, or it already runs.</summary>
    [Alias("Start")]
    Task<bool> StartAsync();
}
