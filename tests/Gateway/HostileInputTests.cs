using Bpc.Tests.Passports;

namespace Bpc.Tests.Gateway;

/// <summary>The short version of bench/hostile-input/run.sh.</summary>
[Trait("Category", "Integration")]
public sealed class HostileInputTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    [Fact]
    public async Task Every_bad_request_is_refused_and_none_is_an_error_of_ours()
    {
        var tenant = await fixture.Gateway.CreateTenantAsync();
        var seed = Random.Shared.Next();

        var run = await Tool.RunAsync(
            "node", Path.Combine(Repository.Root, "bench", "hostile-input", "send.mjs"),
            "--url", $"{fixture.Gateway.Address}", "--key", tenant.ApiKey, "--requests", "1000", "--seed", $"{seed}");

        Assert.True(run.ExitCode == 0, $"seed {seed}: {run.Output}{run.Errors}");
    }
}
