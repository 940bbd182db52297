using System.Diagnostics;
using Bpc.Gateway.Auth;
using Bpc.Tests.Passports;

namespace Bpc.Tests.Gateway;

/// <summary>
/// The pages in a real browser, which alone tells whether what they load and run is what our headers allow.
/// </summary>
[Trait("Category", "Integration")]
public sealed class BrowserTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>, IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    private readonly RunningGateway _gateway = fixture.Gateway;
    private readonly DirectoryInfo _profile = Directory.CreateTempSubdirectory("bpc-browser-");

    public void Dispose() => _profile.Delete(recursive: true);

    [Fact]
    public async Task A_sign_in_link_opens_the_dashboard_and_the_session_lasts()
    {
        var tenant = await _gateway.CreateTenantAsync();
        var stored = await StoredPassport.InsertAsync(_gateway.Database, tenant.Id);
        var link = _gateway.App.Services.GetRequiredService<SignInLinks>().Create(tenant.Id, Role.Admin, "/dashboard/");

        var dashboard = await OpenAsync(link);
        var start = await OpenAsync("/");

        Assert.Contains("Cluster Profiling", dashboard);
        Assert.Contains("Dashboard", start);
        Assert.Contains($"/p/{stored.VersionId}", start);
    }

    [Fact]
    public async Task The_reference_draws_every_call_and_a_passport_its_values()
    {
        var tenant = await _gateway.CreateTenantAsync();
        var stored = await StoredPassport.InsertAsync(_gateway.Database, tenant.Id);

        Assert.Contains("Create a document", await OpenAsync("/reference/"));
        Assert.Contains("75.500", await OpenAsync($"/p/{stored.VersionId}"));
    }

    /// <summary>The page as it stands once its scripts have run; none of it was refused or failed.</summary>
    private async Task<string> OpenAsync(string path)
    {
        var page = await Tool.RunAsync(
            new ProcessStartInfo(
                "chromium",
                [
                    "--headless=new", "--no-sandbox", "--disable-gpu", $"--user-data-dir={_profile.FullName}",
                    "--virtual-time-budget=10000", "--enable-logging=stderr", "--dump-dom",
                    $"{new Uri(_gateway.Address, path)}",
                ]),
            s_patience);
        var complaints = page.Errors.Split('\n').Where(line => line.Contains("CONSOLE", StringComparison.Ordinal)
            && (line.Contains("Content Security Policy", StringComparison.Ordinal)
                || line.Contains("Failed to load", StringComparison.Ordinal)
                || line.Contains("Uncaught", StringComparison.Ordinal)));
        Assert.Empty(complaints);
        return page.Output;
    }
}
