namespace Bpc.Grains.Jobs;

/// <summary>One silo's dispatcher (key: the silo's address): it claims jobs and starts their grains beside it.</summary>
[Alias("bpc.IDispatcherGrain")]
internal interface IDispatcherGrain : IGrainWithStringKey
{
    /// <summary>Looks for jobs now.</summary>
    [Alias("Poll")]
    Task PollAsync();
}
