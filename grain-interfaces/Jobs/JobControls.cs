namespace Bpc.GrainInterfaces.Jobs;

/// <summary>What holds a tenant's jobs back; what an operator holds back for all tenants is not in it.</summary>
[GenerateSerializer, Immutable, Alias("bpc.JobControls")]
public sealed record JobControls(
    [property: Id(0)] IReadOnlyList<JobPause> Pauses, [property: Id(1)] IReadOnlyList<JobLimit> Limits);

/// <summary>Nothing of the type is started; null: of no type.</summary>
[GenerateSerializer, Immutable, Alias("bpc.JobPause")]
public sealed record JobPause(
    [property: Id(0)] string? Type, [property: Id(1)] string? Reason, [property: Id(2)] DateTime CreatedAt);

/// <summary>At most so many of the type at once, and started in a minute; null limits nothing.</summary>
[GenerateSerializer, Immutable, Alias("bpc.JobLimit")]
public sealed record JobLimit(
    [property: Id(0)] string? Type, [property: Id(1)] int? MaxRunning, [property: Id(2)] int? MaxPerMinute);
