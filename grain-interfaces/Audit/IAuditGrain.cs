namespace Bpc.GrainInterfaces.Audit;

/// <summary>Writes down what callers of a tenant were refused (key: tenant_id).</summary>
[Alias("bpc.IAuditGrain")]
public interface IAuditGrain : IGrainWithGuidKey
{
    /// <summary>Appends access.denied to the caller's own chain.</summary>
    [Alias("Denied")]
    Task DeniedAsync(Call call, Denial denial);
}

/// <summary>What was asked for, and why it was refused.</summary>
/// <param name="Path">Without the query, which may hold what is not for a log.</param>
/// <param name="Code">Of the error catalogue, such as FORBIDDEN.</param>
/// <param name="Permission">What the route asks for; null where no permission was looked at.</param>
/// <param name="Reason">A sentence: the role that lacks it, or the policy that denied it.</param>
[GenerateSerializer, Immutable, Alias("bpc.Denial")]
public sealed record Denial(
    [property: Id(0)] string Method,
    [property: Id(1)] string Path,
    [property: Id(2)] string Code,
    [property: Id(3)] string? Permission,
    [property: Id(4)] string Reason);
