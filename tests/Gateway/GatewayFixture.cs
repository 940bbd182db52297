using Bpc.Tests.Database;

namespace Bpc.Tests.Gateway;

/// <summary>One gateway for the tests of a class; each test makes tenants of its own.</summary>
public sealed class GatewayFixture(PostgresServer postgres) : IAsyncLifetime
{
    internal RunningGateway Gateway { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Gateway = await RunningGateway.StartAsync(postgres);

    public ValueTask DisposeAsync() => Gateway.DisposeAsync();
}
