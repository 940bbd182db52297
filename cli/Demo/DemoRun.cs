using System.Security.Cryptography;
using Bpc.Cli.Settings;
using Bpc.Cli.Up;
using Bpc.Core;
using Bpc.Core.Passports.Signing;
using Bpc.Core.Settings;
using Bpc.Grains.Tenants;
using Bpc.Hosting;
using Bpc.Hosting.Logging;
using Bpc.Silo.Postgres;

namespace Bpc.Cli.Demo;

/// <summary>
/// One run of the demo: everything comes up, the pipeline runs over the HTTP API, and the result is shown.
/// </summary>
internal sealed class DemoRun(BpcHome home, Terminal terminal, DemoOptions options)
{
    private readonly Narrator _narrator = new(options.Json ? terminal.Error : terminal.Out);

    public async Task<int> RunAsync(CancellationToken ct)
    {
        _narrator.Title("BPC demo: a battery's documents become a signed passport");
        _narrator.Detail($"documents {options.Input.FullName}");
        _narrator.Detail($"rules     {options.Rules.Source.FullName}");
        var settings = WithDatabase(WithLogs(DevelopmentSettings.Read(home, _narrator.Detail)));
        await using var cluster = await _narrator.StepAsync(
            "PostgreSQL, silo and gateway are up",
            () => LocalCluster.StartAsync(home, settings, _narrator.Detail, ct),
            c => [$"{c.Address}, log in {settings.Log.File}"]);

        var slug = NewSlug();
        var tenant = await _narrator.StepAsync(
            "A tenant with an API key",
            () => TenantAdministration.CreateAsync(
                cluster.Database, settings.ApiKeyPepper, slug, settings.Environment, ct),
            t => [$"tenant_id {t.TenantId} ({slug})", $"api_key {t.ApiKey}"]);
        using var api = new Api(cluster.Address, tenant.ApiKey);
        var publicKey = PublicKeyOf(settings.Signing);
        var result = await CompileAsync(api, tenant, cluster.Address, publicKey, ct);

        var showing = new Showing(_narrator, cluster, tenant);
        await showing.ShowAsync(api, result, publicKey, ct);
        if (!options.Exit)
        {
            showing.ShowLinks(result);
        }

        if (options.Json)
        {
            terminal.WriteJson(result);
        }

        if (!options.Exit)
        {
            await LocalCluster.UntilStoppedAsync(ct);
        }

        return ExitCode.Done;
    }

    private async Task<DemoResult> CompileAsync(
        Api api, NewTenant tenant, Uri address, byte[] publicKey, CancellationToken ct)
    {
        var facts = await new Documents(api, _narrator).UploadAllAsync(InputDocument.In(options.Input), ct);
        var compilation = new Compilation(api, _narrator);
        var passportId = await compilation.CreatePassportAsync(Battery.In(facts), ct);
        var snapshotId = await compilation.SealSnapshotAsync(facts, ct);
        var rulesId = await new Rulebook(api, _narrator).PublishAsync(options.Rules, ct);
        var versionId = await compilation.CompileAsync(passportId, snapshotId, rulesId, ct);
        var active = await compilation.ActivateAsync(versionId, ct);

        var bundle = home.File("demo", $"{versionId}.json");
        await new Evidence(api, _narrator).SaveBundleAsync(versionId, new(bundle), publicKey, ct);
        return new(
            (string)active["status"]!, versionId, passportId, $"{tenant.TenantId}", tenant.ApiKey,
            $"{address}".TrimEnd('/'), bundle, (long)_narrator.Elapsed.TotalMilliseconds);
    }

    private static byte[] PublicKeyOf(SigningSettings signing)
    {
        using var signer = ReceiptSigner.Load(signing.KeyId, signing.PrivateKeyBase64 ?? throw new BpcException(
            BpcError.ConfigMissing, "BPC_SIGNING_ED25519_PRIVATE_KEY_BASE64: not set, and the demo signs a passport"));
        return signer.PublicKey;
    }

    private BpcSettings WithLogs(BpcSettings settings)
    {
        var usual = home.File("logs", "demo.log"); // taken while another demo is up
        var file = settings.Log.File
            ?? (LogFile.IsTaken(usual) ? home.File("logs", $"demo-{Environment.ProcessId}.log") : usual);
        return settings with { Log = settings.Log with { File = file, Console = options.Logs } };
    }

    // While up runs in another terminal, its private database is in use: the demo is a guest there, with a cluster of
    // its own.
    private BpcSettings WithDatabase(BpcSettings settings)
    {
        if (settings.Database.Host is not null || EmbeddedPostgres.Running(home.Path) is not { } running)
        {
            return settings;
        }

        _narrator.Detail("A bpc that already runs here has the database: sharing it");
        return settings with { Database = running };
    }

    private static string NewSlug() =>
        $"demo-{DateTime.UtcNow:yyyyMMdd-HHmmss}-{RandomNumberGenerator.GetHexString(4, lowercase: true)}";
}

/// <summary>The one line of <c>--json</c>.</summary>
internal sealed record DemoResult(
    string Status, string PassportVersionId, string PassportId, string TenantId, string ApiKey, string Url,
    string Bundle, long DurationMs);
