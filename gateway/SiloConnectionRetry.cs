namespace Bpc.Gateway;

/// <summary>A gateway may start before the silos do: it goes on looking for one until it is stopped.</summary>
internal sealed partial class SiloConnectionRetry(ILogger<SiloConnectionRetry> log) : IClientConnectionRetryFilter
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private bool _said;

    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        if (!_said)
        {
            NoSiloYet(exception.Message);
            _said = true;
        }

        await Task.Delay(s_pause, cancellationToken);
        return true;
    }

    [LoggerMessage(LogLevel.Warning, "No silo answers yet, trying again every second: {Reason}")]
    private partial void NoSiloYet(string reason);
}
