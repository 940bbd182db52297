namespace Bpc.GrainInterfaces.Jobs;

/// <summary>
/// Counts the jobs of all tenants for those who may not see them, such as a gateway's metrics (any key; any silo
/// answers).
/// </summary>
[Alias("bpc.IJobCountsGrain")]
public interface IJobCountsGrain : IGrainWithIntegerKey
{
    [Alias("Count")]
    Task<JobCount[]> CountAsync();
}

/// <summary>How many jobs of a tenant have that type and status.</summary>
[GenerateSerializer, Immutable, Alias("bpc.JobCount")]
public sealed record JobCount(
    [property: Id(0)] Guid TenantId, [property: Id(1)] string Type, [property: Id(2)] string Status,
    [property: Id(3)] long Jobs);
