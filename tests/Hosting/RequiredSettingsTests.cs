using System.Net;
using Bpc.Core.Passports.Signing;
using Bpc.Hosting;
using Bpc.Tests.Jobs;

namespace Bpc.Tests.Hosting;

/// <summary>What each program asks for in production, and that a gateway goes without the key that signs.</summary>
[Trait("Category", "Integration")]
public sealed class RequiredSettingsTests
{
    private const string Key = "BPC_SIGNING_ED25519_PRIVATE_KEY_BASE64";
    private const string Pepper = "BPC_API_KEY_PEPPER_BASE64";

    // Nobody listens on port 1: what gets as far as the database has all its settings.
    private static readonly Dictionary<string, string> s_shared = new()
    {
        ["BPC_ENV"] = "prod",
        ["BPC_DB_HOST"] = "127.0.0.1",
        ["BPC_DB_PORT"] = "1",
        [Pepper] = Convert.ToBase64String([.. Enumerable.Repeat((byte)7, 32)]),
    };

    [Theory]
    [InlineData("bpc-worker", "BPC_WORKER_ID", "BPC_COMPILER_BUILD_ID", "BPC_DB_HOST", Key, Pepper)]
    [InlineData("bpc-gateway", "BPC_DB_HOST", Pepper, "BPC_PUBLIC_BASE_URL")]
    public async Task A_program_of_production_with_nothing_set_names_what_it_needs_and_exits_78(
        string program, params string[] needed)
    {
        await using var process = WorkerProcess.Start([new("BPC_ENV", "prod")], program);

        Assert.Equal(78, await process.ExitAsync());
        var said = process.Lines.Where(l => l.Contains(": not set, and BPC_ENV=prod requires it")).ToList();
        Assert.Equal(needed, said.Select(line => line.Split(':')[0]));
    }

    [Fact]
    public async Task A_silo_of_production_starts_without_a_public_address()
    {
        await using var silo = WorkerProcess.Start(new Dictionary<string, string>(s_shared)
        {
            ["BPC_WORKER_ID"] = "worker-1",
            ["BPC_COMPILER_BUILD_ID"] = "0123abc",
            [Key] = ReceiptSigner.NewPrivateKey(),
        });

        Assert.Equal(1, await silo.ExitAsync()); // no longer about its settings
        Assert.Contains(silo.Lines, line => line.StartsWith("DB_UNAVAILABLE: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_gateway_of_production_starts_without_a_signing_key()
    {
        await using var gateway = StartGateway([]);

        await gateway.UntilLineAsync("No silo answers yet");

        Assert.DoesNotContain(gateway.Lines, line => line.Contains("BPC_SIGNING_", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Key, "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g")]
    [InlineData("BPC_SIGNING_KEY_FILE", "/nowhere/key")] // it is not even opened
    public async Task A_gateway_with_a_signing_key_warns_of_it_in_one_line_and_goes_on_without(
        string variable, string value)
    {
        await using var gateway = StartGateway([new(variable, value)]);

        await gateway.UntilLineAsync("No silo answers yet");

        var line = Assert.Single(gateway.Lines, line => line.Contains("BPC_SIGNING_", StringComparison.Ordinal));
        Assert.Contains($"WARN  {variable} is set and not used: a gateway signs nothing", line);
    }

    private static WorkerProcess StartGateway(IEnumerable<KeyValuePair<string, string>> more) => WorkerProcess.Start(
        [
            .. s_shared, .. more, new("BPC_PUBLIC_BASE_URL", "https://passports.example.org"),
            new("BPC_HTTP_PORT", $"{FreePort.On(IPAddress.Loopback)}"),
        ],
        "bpc-gateway");
}
