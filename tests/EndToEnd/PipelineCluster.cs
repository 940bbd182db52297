using System.Security.Cryptography;
using Bpc.Cli.Demo;
using Bpc.Core.Passports.Signing;
using Bpc.Core.Settings;
using Bpc.Gateway;
using Bpc.Grains;
using Bpc.Grains.Tenants;
using Bpc.Tests.Database;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.TestingHost;
using Spectre.Console;

namespace Bpc.Tests.EndToEnd;

/// <summary>
/// A silo with everything a silo has, the gateway on Kestrel, and a tenant with its key: the pipeline as a client sees
/// it.
/// </summary>
internal sealed class PipelineCluster : IAsyncDisposable
{
    private readonly InProcessTestCluster _silos;
    private readonly WebApplication _gateway;

    private PipelineCluster(InProcessTestCluster silos, WebApplication gateway, NewTenant tenant, byte[] publicKey)
    {
        (_silos, _gateway, Tenant, PublicKey) = (silos, gateway, tenant, publicKey);
        Api = new(new Uri(gateway.Urls.Single() + "/"), tenant.ApiKey);
    }

    public Api Api { get; }

    public NewTenant Tenant { get; }

    /// <summary>What the silo's signatures verify with.</summary>
    public byte[] PublicKey { get; }

    /// <summary>The demo's steps, told to nobody.</summary>
    public Narrator Silence { get; } =
        new(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(TextWriter.Null) }));

    public static async Task<PipelineCluster> StartAsync(TestDatabase database, CancellationToken ct)
    {
        var settings = new BpcSettings
        {
            Database = database.Settings,
            Signing = new("test-key", ReceiptSigner.NewPrivateKey()),
            ApiKeyPepper = RandomNumberGenerator.GetBytes(32),
            Http = new(Port: 0),
        };
        using var signer = ReceiptSigner.Load(settings.Signing.KeyId, settings.Signing.PrivateKeyBase64!);
        var silos = await StartSilosAsync(settings);
        var gateway = GatewayHost.Build([], settings, silos.Client, NullLoggerFactory.Instance);
        await gateway.StartAsync(ct);
        var tenant = await TenantAdministration.CreateAsync(
            database.DataSource, settings.ApiKeyPepper, "e2e", "test", ct);
        return new(silos, gateway, tenant, signer.PublicKey);
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await _gateway.DisposeAsync();
        await _silos.DisposeAsync();
    }

    private static async Task<InProcessTestCluster> StartSilosAsync(BpcSettings settings)
    {
        var builder = new InProcessTestClusterBuilder(initialSilosCount: 1);
        builder.ConfigureSilo((_, silo) => silo.AddBpcGrains(settings).UseInMemoryReminderService());
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return cluster;
    }
}
