using Orleans.Concurrency;

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

    /// <summary>Has it look soon: any number of calls while it is at work make it look once more.</summary>
    [Alias("Wake"), AlwaysInterleave]
    Task WakeAsync();

    /// <summary>The silo stops: no reminder brings the dispatcher back.</summary>
    [Alias("Retire")]
    Task RetireAsync();

    /// <summary>The job types this silo's build knows.</summary>
    [Alias("KnownTypes"), AlwaysInterleave]
    Task<string[]> KnownTypesAsync();
}
