using Bpc.Core;
using Bpc.Core.Passports.Verifying;
using Bpc.GrainInterfaces.Passports;
using Bpc.Grains.Passports;
using Bpc.Tests.Database;

namespace Bpc.Tests.Slices.Passports;

[Trait("Category", "Integration")]
public sealed class ReplayAndExportTests(PostgresServer postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stored_version_replays_to_the_same_bytes_also_under_another_build_and_limits()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var version = await VersionAsync(silo);
        foreach (var status in new[] { "DEPRECATED", "RETIRED" })
        {
            await silo.Database.ExecuteAsync("UPDATE rule_package_versions SET status = $1", status);
            var replayed = await silo.Grains.GetGrain<IPassportVersionGrain>(version).ReplayAsync(silo.Call(), Ct);
            Assert.Equal(new Replayed(true, null, null, null), replayed);
        }
    }

    [Theory]
    [InlineData(
        "UPDATE facts SET payload = '{\"rated_capacity_kwh\":\"80\"}'", "field battery.capacity_kwh", "\"75.500\"",
        "\"80.000\"")]
    [InlineData(
        "UPDATE facts SET payload = '{\"note\":\"x\",\"rated_capacity_kwh\":\"75.5\"}'", "proof: nodes.", null, null)]
    [InlineData("UPDATE facts SET payload = '{}'", "field battery.capacity_kwh", "compiled", "RULE_ASSERT_FAILED")]
    [InlineData(
        "UPDATE rule_package_versions SET tests_source = 'example a { expect error \"E001\" }'",
        "receipt: tests_sha256", null, null)]
    [InlineData("UPDATE document_versions SET content = '[]'", "the content of document version ", null, null)]
    [InlineData("UPDATE passport_versions SET qr_png = 'png'", "QR picture", null, null)]
    public async Task What_was_changed_in_the_database_is_named_with_both_values(
        string sql, string difference, string? stored, string? recompiled)
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var version = await VersionAsync(silo);
        await silo.Database.ExecuteAsync(
            $"SET session_replication_role = replica; {sql}; SET session_replication_role = origin");

        var replayed = await silo.Grains.GetGrain<IPassportVersionGrain>(version).ReplayAsync(silo.Call(), Ct);

        Assert.False(replayed.Identical);
        Assert.StartsWith(difference, replayed.Difference, StringComparison.Ordinal);
        Assert.Equal(stored ?? replayed.Stored, replayed.Stored);
        Assert.StartsWith(recompiled ?? replayed.Recompiled!, replayed.Recompiled, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replay_names_what_is_different()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var version = await VersionAsync(silo);

        // What no door allows, somebody with the keys to the database does.
        await silo.Database.ExecuteAsync(
            """
            SET session_replication_role = replica;
            UPDATE passport_versions SET signature = set_byte(signature, 0, get_byte(signature, 0) # 1);
            SET session_replication_role = origin;
            """);
        var replayed = await silo.Grains.GetGrain<IPassportVersionGrain>(version).ReplayAsync(silo.Call(), Ct);

        Assert.False(replayed.Identical);
        Assert.Contains("signature", replayed.Difference);
    }

    [Fact]
    public async Task A_replay_that_waits_for_its_turn_holds_up_no_other_call_and_can_be_given_up()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var version = silo.Grains.GetGrain<IPassportVersionGrain>(await VersionAsync(silo));
        var turns = silo.Service<ReplayTurns>();
        var taken = new List<IDisposable>();
        while (taken.Count < ReplayTurns.AtOnce)
        {
            taken.Add(await turns.EnterAsync(Ct));
        }

        using var leaves = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var waiting = version.ReplayAsync(silo.Call(), leaves.Token);
        Assert.Equal("REVOKED", (await version.RevokeAsync(silo.Call(), "recalled")).Status);
        Assert.False(waiting.IsCompleted);
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        taken.ForEach(turn => turn.Dispose());
        Assert.True((await version.ReplayAsync(silo.Call(), Ct)).Identical);
    }

    [Fact]
    public async Task An_unfinished_version_is_neither_replayed_nor_exported()
    {
        await using var silo = await TestSilo.StartAsync(postgres, s => s with { Signing = new() });
        var compile = await silo.Grains.GetGrain<IPassportGrain>(await silo.PassportAsync())
            .CompileAsync(silo.Call(), await silo.SnapshotAsync(), await silo.RulesAsync());
        await silo.EndAsync(compile.JobId);
        var version = await silo.Database.ScalarAsync<Guid>("SELECT passport_version_id FROM passport_versions");

        var replay = await Assert.ThrowsAsync<BpcException>(
            () => silo.Grains.GetGrain<IPassportVersionGrain>(version).ReplayAsync(silo.Call(), Ct));
        var export = await silo.RunAsync("EXPORT_PASSPORT", new { passport_version_id = version, format = "bundle" });

        Assert.Equal(BpcError.InvalidState, replay.Code);
        Assert.Equal(("FAILED", "INVALID_STATE"), (export.Status, export.ErrorCode));
    }

    [Fact]
    public async Task An_export_is_stored_once_and_verifies_against_the_signing_key()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var version = await VersionAsync(silo);

        var job = await silo.RunAsync("EXPORT_PASSPORT", new { passport_version_id = version, format = "bundle" });
        var again = await silo.RunAgainAsync(job.JobId);

        Assert.Equal("SUCCEEDED", job.Status);
        Assert.Equal(job, again);
        Assert.Equal(1, await silo.CountAsync("passport_exports WHERE sha256 = encode(sha256(content), 'hex')"));
        Assert.Equal(1, await silo.EventsAsync("passport_version.exported"));
        var bundle = await silo.Database.ScalarAsync<byte[]>("SELECT content FROM passport_exports");
        var key = await silo.Database.ScalarAsync<byte[]>("SELECT public_key FROM signing_keys");
        var report = BundleVerifier.Verify(bundle, [key!]);
        Assert.Null(report.Mismatch);
        Assert.True(report.SignerTrusted);
    }

    [Fact]
    public async Task An_export_of_nothing_or_in_an_unknown_format_fails()
    {
        await using var silo = await TestSilo.StartAsync(postgres);

        var missing = await silo.RunAsync(
            "EXPORT_PASSPORT", new { passport_version_id = Guid.NewGuid(), format = "bundle" });
        var format = await silo.RunAsync(
            "EXPORT_PASSPORT", new { passport_version_id = Guid.NewGuid(), format = "pdf" });

        Assert.Equal(("FAILED", "NOT_FOUND"), (missing.Status, missing.ErrorCode));
        Assert.Equal(("FAILED", "JOB_PAYLOAD_INVALID"), (format.Status, format.ErrorCode));
    }

    private static async Task<Guid> VersionAsync(TestSilo silo) =>
        await silo.VersionAsync(await silo.PassportAsync(), await silo.SnapshotAsync(), await silo.RulesAsync());
}
