using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Bpc.GrainInterfaces.Webhooks;
using Bpc.Tests.Database;
using Bpc.Tests.Passports;

namespace Bpc.Tests.Slices.Webhooks;

/// <summary>The npm library that receivers use, installed for the test, verifies what arrives.</summary>
[Trait("Category", "Integration")]
public sealed class StandardWebhooksTests(PostgresServer postgres)
{
    [Fact]
    public async Task Its_own_library_verifies_a_delivery_under_the_old_and_the_new_secret_of_a_rotation()
    {
        using var folder = new NodeFolder();
        await folder.InstallAsync();
        await using var silo = await TestSilo.StartAsync(postgres);
        await using var receiver = await Receiver.StartAsync(_ => 204);
        var created = await silo.EndpointAsync(receiver.Url);
        var endpoint = silo.Grains.GetGrain<IWebhookEndpointGrain>(created.WebhookEndpointId);
        var rotated = await endpoint.RotateSecretAsync(silo.Call(), null, TimeSpan.FromHours(1));

        await silo.DocumentAsync();
        var received = await receiver.NextAsync();

        Assert.Equal((0, "document.created\n"), await folder.VerifyAsync(created.Secret!, received));
        Assert.Equal((0, "document.created\n"), await folder.VerifyAsync(rotated.Secret, received));
        Assert.Equal(1, (await folder.VerifyAsync("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", received)).ExitCode);
        Assert.Equal(1, (await folder.VerifyAsync(
            rotated.Secret, received with { Body = [.. received.Body, (byte)' '] })).ExitCode);
    }

    private sealed class NodeFolder : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bpc-webhooks-");

        public async Task InstallAsync()
        {
            var source = Path.Combine(Repository.Root, "tests", "Slices", "Webhooks", "standardwebhooks");
            foreach (var name in new[] { "package.json", "package-lock.json", "verify.mjs" })
            {
                File.Copy(Path.Combine(source, name), Path.Combine(_folder.FullName, name));
            }

            var refusal = await RefusalOfNpmAsync();
            Assert.SkipWhen(refusal is not null, $"npm cannot install standardwebhooks: {refusal}");
        }

        public async Task<(int ExitCode, string Output)> VerifyAsync(string secret, Received received)
        {
            var input = Path.Combine(_folder.FullName, "input.json");
            await File.WriteAllTextAsync(input, JsonSerializer.Serialize(new
            {
                secret,
                headers = received.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString()),
                body = Encoding.UTF8.GetString(received.Body),
            }));
            var run = await RunAsync("node", "verify.mjs", input);
            return (run.ExitCode, run.Output);
        }

        // A registry out of reach is not this project's failure.
        private async Task<string?> RefusalOfNpmAsync()
        {
            try
            {
                var install = await RunAsync(
                    "npm", "ci", "--ignore-scripts", "--no-audit", "--fetch-retries=0", "--fetch-timeout=10000");
                return install.ExitCode == 0 ? null : install.Errors;
            }
            catch (TimeoutException e)
            {
                return e.Message;
            }
        }

        public void Dispose() => _folder.Delete(recursive: true);

        private Task<ToolResult> RunAsync(string program, params string[] arguments) =>
            Tool.RunAsync(new ProcessStartInfo(program, arguments) { WorkingDirectory = _folder.FullName });
    }
}
