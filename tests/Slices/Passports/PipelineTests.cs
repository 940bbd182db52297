using Bpc.Core;
using Bpc.Core.Passports.Signing;
using Bpc.GrainInterfaces.Passports;
using Bpc.Tests.Database;

namespace Bpc.Tests.Slices.Passports;

[Trait("Category", "Integration")]
public sealed class PipelineTests(PostgresServer postgres)
{
    [Fact]
    public async Task A_compile_leads_to_a_signed_version_with_a_QR_code()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var passport = await silo.PassportAsync();

        var version = await silo.VersionAsync(passport, await silo.SnapshotAsync(), await silo.RulesAsync());

        Assert.Equal("SIGNED", await StatusAsync(silo, version));
        var receiptHash = await silo.Database.ScalarAsync<string>(
            "SELECT encode(sha256(receipt), 'hex') FROM passport_versions");
        var signature = await silo.Database.ScalarAsync<byte[]>("SELECT signature FROM passport_versions");
        var key = await silo.Database.ScalarAsync<byte[]>(
            "SELECT public_key FROM signing_keys WHERE signing_key_id = 'test-key-1'");
        Assert.True(ReceiptSigner.Verify(receiptHash!, signature, key));
        Assert.StartsWith(
            $"BPC1|pv={version}|ph=",
            await silo.Database.ScalarAsync<string>("SELECT qr_payload FROM passport_versions"));
        Assert.Equal(4, await silo.CountAsync("passport_sections"));
        Assert.Equal(1, await silo.CountAsync(
            "passport_sections WHERE section = 'public' AND convert_from(content, 'UTF8') LIKE '%\"75.500\"%'"));
        await silo.HappenedOnceAsync(
            "passport_version.compiled", "passport_version.signed", "passport_version.qr_generated");
    }

    [Fact]
    public async Task Every_step_run_again_has_no_second_effect()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        await silo.VersionAsync(await silo.PassportAsync(), await silo.SnapshotAsync(), await silo.RulesAsync());
        var events = await silo.CountAsync("events");

        foreach (var type in new[] { "COMPILE_PASSPORT", "SIGN_PASSPORT", "GENERATE_QR" })
        {
            var job = await silo.Database.ScalarAsync<Guid>("SELECT job_id FROM jobs WHERE type = $1", type);
            Assert.Equal("SUCCEEDED", (await silo.RunAgainAsync(job)).Status);
        }

        Assert.Equal(1, await silo.CountAsync("passport_versions"));
        Assert.Equal(1, await silo.CountAsync("jobs WHERE type = 'SIGN_PASSPORT'"));
        Assert.Equal(1, await silo.CountAsync("jobs WHERE type = 'GENERATE_QR'"));
        Assert.Equal(events, await silo.CountAsync("events"));
    }

    [Fact]
    public async Task An_unsealed_snapshot_or_unpublished_rules_enqueue_nothing()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var passport = silo.Grains.GetGrain<IPassportGrain>(await silo.PassportAsync());
        var (open, closed) = (await silo.SnapshotAsync(seal: false), await silo.SnapshotAsync());
        var (draft, published) = (await silo.RulesAsync("DRAFT"), await silo.RulesAsync());

        async Task<BpcError> RefusedAsync(Guid snapshot, Guid rules) =>
            (await Assert.ThrowsAsync<BpcException>(() => passport.CompileAsync(silo.Call(), snapshot, rules))).Code;

        Assert.Equal(BpcError.SnapshotNotSealed, await RefusedAsync(open, published));
        Assert.Equal(BpcError.RulePackageNotPublished, await RefusedAsync(closed, draft));
        Assert.Equal(BpcError.NotFound, await RefusedAsync(Guid.NewGuid(), published));
        Assert.Equal(BpcError.NotFound, await RefusedAsync(closed, Guid.NewGuid()));
        Assert.Equal(0, await silo.CountAsync("jobs WHERE type = 'COMPILE_PASSPORT'"));
    }

    [Fact]
    public async Task A_compile_job_typed_in_by_SQL_meets_the_same_conditions()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var passport = await silo.PassportAsync();
        var (open, closed) = (await silo.SnapshotAsync(seal: false), await silo.SnapshotAsync());
        var (draft, published) = (await silo.RulesAsync("DRAFT"), await silo.RulesAsync());

        Task<EndedJob> CompileAsync(Guid passportId, Guid snapshot, Guid rules) => silo.RunAsync(
            "COMPILE_PASSPORT",
            new { passport_id = passportId, snapshot_id = snapshot, rule_package_version_id = rules });

        var notSealed = await CompileAsync(passport, open, published);
        var notPublished = await CompileAsync(passport, closed, draft);
        var nobodys = await CompileAsync(Guid.NewGuid(), closed, published);

        // Retried until the attempts run out: somebody may yet seal and publish.
        Assert.Equal(("DEAD_LETTER", "SNAPSHOT_NOT_SEALED"), (notSealed.Status, notSealed.ErrorCode));
        Assert.Equal(("DEAD_LETTER", "RULE_PKG_NOT_PUBLISHED"), (notPublished.Status, notPublished.ErrorCode));
        Assert.Equal(("FAILED", "NOT_FOUND"), (nobodys.Status, nobodys.ErrorCode));
        Assert.Equal(0, await silo.CountAsync("passport_versions"));
    }

    [Fact]
    public async Task A_rule_that_asserts_fails_the_job_with_its_own_code()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var passport = await silo.PassportAsync(sku: "SKU-OTHER");

        var job = await silo.RunAsync("COMPILE_PASSPORT", new
        {
            passport_id = passport,
            snapshot_id = await silo.SnapshotAsync(),
            rule_package_version_id = await silo.RulesAsync(),
        });

        Assert.Equal(("FAILED", "RULE_ASSERT_FAILED"), (job.Status, job.ErrorCode));
        Assert.Contains("E001", job.Message);
    }

    [Fact]
    public async Task A_passport_over_its_limit_is_parked()
    {
        await using var silo = await TestSilo.StartAsync(postgres, s => s with { Limits = new(Payload: 64) });
        var passport = await silo.PassportAsync();

        var job = await silo.RunAsync("COMPILE_PASSPORT", new
        {
            passport_id = passport,
            snapshot_id = await silo.SnapshotAsync(),
            rule_package_version_id = await silo.RulesAsync(),
        }, maxAttempts: 5);

        Assert.Equal(("DEAD_LETTER", "PAYLOAD_TOO_LARGE"), (job.Status, job.ErrorCode));
    }

    [Fact]
    public async Task Without_a_signing_key_the_version_waits_for_one()
    {
        await using var silo = await TestSilo.StartAsync(postgres, s => s with { Signing = new() });
        var compile = await silo.Grains.GetGrain<IPassportGrain>(await silo.PassportAsync())
            .CompileAsync(silo.Call(), await silo.SnapshotAsync(), await silo.RulesAsync());
        await silo.EndAsync(compile.JobId);
        var version = await silo.Database.ScalarAsync<Guid>("SELECT passport_version_id FROM passport_versions");

        var sign = await silo.RunAsync("SIGN_PASSPORT", new { passport_version_id = version });
        var qr = await silo.RunAsync("GENERATE_QR", new { passport_version_id = version });

        Assert.Equal(("DEAD_LETTER", "SIGNING_KEY_MISSING"), (sign.Status, sign.ErrorCode));
        Assert.Equal(("FAILED", "INVALID_STATE"), (qr.Status, qr.ErrorCode));
        Assert.Equal("COMPILING", await StatusAsync(silo, version));
    }

    private static Task<string?> StatusAsync(TestSilo silo, Guid version) =>
        silo.Database.ScalarAsync<string>(
            "SELECT status FROM passport_versions WHERE passport_version_id = $1", version);
}
