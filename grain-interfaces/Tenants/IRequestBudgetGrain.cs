namespace Bpc.GrainInterfaces.Tenants;

/// <summary>
/// The requests one API key may still make, whichever gateways they come to (key: api_key_id). In memory alone: after a
/// silo's end a key has its burst anew.
/// </summary>
[Alias("bpc.IRequestBudgetGrain")]
public interface IRequestBudgetGrain : IGrainWithGuidKey
{
    /// <summary>
    /// Takes up to <paramref name="wanted"/> requests, for the gateway to spend without asking again.
    /// </summary>
    [Alias("Lease")]
    Task<RequestLease> LeaseAsync(int wanted, int perSecond, int burst);
}

/// <param name="Granted">How many, perhaps none.</param>
/// <param name="Left">How many are left in the bucket.</param>
/// <param name="RetryAfter">When a further one is there.</param>
[GenerateSerializer, Immutable, Alias("bpc.RequestLease")]
public sealed record RequestLease(
    [property: Id(0)] int Granted, [property: Id(1)] int Left, [property: Id(2)] TimeSpan RetryAfter);
