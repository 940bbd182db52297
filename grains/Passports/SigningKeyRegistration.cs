using Microsoft.Extensions.Hosting;

namespace Bpc.Grains.Passports;

/// <summary>
/// Loads and registers the signing key before the silo joins its cluster: a key that may not be used ends the process
/// before it has taken any work.
/// </summary>
internal sealed class SigningKeyRegistration(SigningKeys keys) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => keys.EnsureAsync(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
