using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace Bpc.Grains.Jobs.Running;

/// <summary>On the silo whose address is the grain's key; on any other once that silo is gone.</summary>
[Serializable]
internal sealed class KeyedPlacement : PlacementStrategy;

[AttributeUsage(AttributeTargets.Class)]
internal sealed class KeyedPlacementAttribute() : PlacementAttribute(new KeyedPlacement());

internal sealed class KeyedPlacementDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(
        PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silo = SiloAddress.FromParsableString(target.GrainIdentity.Key.ToString()!);
        var silos = context.GetCompatibleSilos(target);
        return Task.FromResult(silos.Contains(silo) ? silo : context.LocalSilo);
    }
}
