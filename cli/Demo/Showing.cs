using Bpc.Cli.Up;
using Bpc.Core.Passports.Qr;
using Bpc.Grains.Tenants;
using Spectre.Console;

namespace Bpc.Cli.Demo;

/// <summary>The end of the demo: the gaps, the code to scan, and links that work in a browser.</summary>
internal sealed class Showing(Narrator narrator, LocalCluster cluster, NewTenant tenant)
{
    public async Task ShowAsync(Api api, DemoResult result, byte[] publicKey, CancellationToken ct)
    {
        narrator.Blank();
        await new Evidence(api, narrator).ShowGapsAsync(result.PassportVersionId, ct);

        ShowCode(PageOf(result));
        narrator.Title($"{result.Status} after {result.DurationMs / 1000.0:0.0} s");
        narrator.Title("Verify it yourself, without any of this running:");
        narrator.Detail($"./bpc verify {result.Bundle} --key {Convert.ToBase64String(publicKey)}");
    }

    /// <summary>Where to look around, for as long as everything is up.</summary>
    public void ShowLinks(DemoResult result)
    {
        narrator.Title("Look around:");
        narrator.Link("the passport", PageOf(result));
        narrator.Link("its link code", $"{PageOf(result)}/qr.png?kind=link");
        narrator.Link("API reference", SignIn("/reference"));
        narrator.Link("dashboard", SignIn("/dashboard"));
        narrator.Detail("The last two sign this browser in, once, on this machine.");
        narrator.Title("Everything stays up until Ctrl-C.");
    }

    private void ShowCode(string page)
    {
        narrator.Title(new Uri(page).IsLoopback
            ? "The passport's public page, on this machine; for a phone set BPC_HTTP_HOST and BPC_PUBLIC_BASE_URL"
            : "The passport's public page, to scan");
        foreach (var line in TerminalQr.Lines(QrCode.Modules(page)))
        {
            narrator.Console.WriteLine("    " + line);
        }

        narrator.Blank();
    }

    private string SignIn(string path) => cluster.SignInLink(() => Task.FromResult(tenant.TenantId), path);

    private string PageOf(DemoResult result)
    {
        var address = cluster.Settings.Http.PublicBaseUrl ?? $"{cluster.Address}";
        return $"{address.TrimEnd('/')}/p/{result.PassportVersionId}";
    }
}
