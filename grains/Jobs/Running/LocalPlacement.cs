using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace Bpc.Grains.Jobs.Running;

/// <summary>On the silo that makes the first call, and in no directory: see <see cref="JobDirectory"/>.</summary>
[Serializable]
internal sealed class LocalPlacement : PlacementStrategy
{
    public override bool IsUsingGrainDirectory => false;
}

[AttributeUsage(AttributeTargets.Class)]
internal sealed class LocalPlacementAttribute() : PlacementAttribute(new LocalPlacement());

internal sealed class LocalPlacementDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(
        PlacementStrategy strategy, PlacementTarget target, IPlacementContext context) =>
        Task.FromResult(context.LocalSilo);
}
