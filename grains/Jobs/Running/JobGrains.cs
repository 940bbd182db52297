namespace Bpc.Grains.Jobs.Running;

/// <summary>
/// References to job grains. What they have in common is looked up once: Orleans asks reflection for it each time, a
/// noticeable part of what starting a job costs.
/// </summary>
internal sealed class JobGrains(IGrainFactory grains)
{
    private readonly GrainReference _any = (GrainReference)grains.GetGrain<IJobGrain>(Guid.Empty, "0");

    public GrainId Id(Guid jobId, long epoch) =>
        GrainId.Create(_any.GrainId.Type, GrainIdKeyExtensions.CreateGuidKey(jobId, $"{epoch}"));

    public IJobGrain Of(GrainId id) => (IJobGrain)grains.GetGrain(id, _any.InterfaceType);
}
