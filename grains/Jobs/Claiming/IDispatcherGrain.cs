namespace Bpc.Grains.Jobs.Claiming;

/// <summary>
/// One silo's dispatcher (key: the silo's address): it claims jobs and starts their grains beside it.
/// </summary>
[Alias("bpc.IDispatcherGrain")]
internal interface IDispatcherGrain : IGrainWithStringKey
{
    /// <summary>Looks for jobs now.</summary>
    [Alias("Poll")]
    Task PollAsync();

    /// <summary>The silo stops: no reminder brings the dispatcher back.</summary>
    [Alias("Retire")]
    Task RetireAsync();

    /// <summary>The job types this silo's build knows.</summary>
    [Alias("KnownTypes")]
    Task<string[]> KnownTypesAsync();
}
