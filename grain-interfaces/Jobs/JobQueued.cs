namespace Bpc.GrainInterfaces;

/// <summary>A job that is in the table now.</summary>
[GenerateSerializer, Immutable, Alias("bpc.JobQueued")]
public sealed record JobQueued([property: Id(0)] Guid JobId, [property: Id(1)] string Status);
