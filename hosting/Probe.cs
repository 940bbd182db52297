namespace Bpc.Hosting;

/// <summary>Asks a part of the system whether it answers, for <c>/v1/health/ready</c>.</summary>
public static class Probe
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Whether <paramref name="ask"/> succeeds within two seconds; whatever it throws instead means no.
    /// </summary>
    public static async Task<bool> AnswersAsync(Func<Task> ask, CancellationToken ct)
    {
        try
        {
            await ask().WaitAsync(s_patience, ct);
            return true;
        }
        catch (Exception) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }
}
