using Bpc.Core.Passports;
using Bpc.GrainInterfaces.Passports;
using Bpc.Grains.Rules;
using Bpc.Grains.Snapshots;
using Npgsql;

namespace Bpc.Grains.Passports;

/// <summary>
/// Compiles stored versions again, each from its own snapshot, under its own package in whatever state that is now, and
/// compares. It only reads.
/// </summary>
public sealed class PassportReplay
{
    // What was allowed when a passport was made is allowed when it is replayed.
    private static readonly ArtefactLimits s_anySize = new(int.MaxValue, int.MaxValue, int.MaxValue);

    private readonly PassportVersionStore _versions;
    private readonly CompileStore _compiles;
    private readonly SnapshotStore _snapshots;
    private readonly RuleStore _rules;
    private readonly RulePackageCache _packages;
    private readonly CpuPool _cpu;

    internal PassportReplay(
        PassportVersionStore versions, CompileStore compiles, SnapshotStore snapshots, RuleStore rules,
        RulePackageCache packages, CpuPool cpu) =>
        (_versions, _compiles, _snapshots, _rules, _packages, _cpu) =
            (versions, compiles, snapshots, rules, packages, cpu);

    /// <summary>Outside a silo, on a database of the caller's.</summary>
    public static PassportReplay On(NpgsqlDataSource database, CpuPool cpu) => new(
        new(database), new(database), new(database), new(database), new(cpu), cpu);

    /// <summary>
    /// NOT_FOUND, or INVALID_STATE where the version is not finished. An error of the rules is a difference too: the
    /// same rules succeeded when the version was made.
    /// </summary>
    public async Task<Replayed> RunAsync(Guid tenantId, Guid versionId, CancellationToken ct)
    {
        var stored = await _versions.GetFinishedAsync(tenantId, versionId, "replay", ct);
        var ids = stored.Ids;
        var row = await _compiles.RowAsync(ids, ct);
        var facts = await _snapshots.FactsAsync(tenantId, ids.SnapshotId, ct);
        var rules = (await _rules.FindAsync(tenantId, ids.RulePackageVersionId, ct))!;
        var package = await _packages.GetAsync(
            ids.RulePackageVersionId, () => Task.FromResult(rules.DslSource), ct);
        var input = row.Input(ids, versionId, facts, stored.IssuedAt, stored.CompilerBuildId, s_anySize);
        var difference = await _cpu.RunAsync(
            () => Replay.Compare(package, Replay.Rehashed(input, rules.DslSource, rules.TestsSource), stored.Passport),
            ct);
        difference ??= await _snapshots.ChangedDocumentAsync(tenantId, ids.SnapshotId, ct) is var (id, then, now)
            ? new($"the content of document version {id}", then, now) : null;
        return new(difference is null, difference?.What, difference?.Stored, difference?.Recompiled);
    }

    /// <summary>The next finished versions of all tenants, or of one, in the order they were made.</summary>
    public Task<IReadOnlyList<ReplayItem>> NextAsync(Guid? tenantId, Guid after, int limit, CancellationToken ct) =>
        _versions.FinishedAfterAsync(tenantId, after, limit, ct);

    /// <summary>How many versions there are, and how many of them are finished.</summary>
    public Task<(long All, long Finished)> CountAsync(Guid? tenantId, CancellationToken ct) =>
        _versions.CountAsync(tenantId, ct);
}

/// <summary>A version to replay.</summary>
public sealed record ReplayItem(Guid TenantId, Guid PassportVersionId);
