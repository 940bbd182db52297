using Bpc.Core;
using Bpc.GrainInterfaces.Passports;
using Bpc.Grains.Passports;
using Bpc.Grains.Storage;
using Npgsql;
using Spectre.Console;

namespace Bpc.Cli.Passports;

/// <summary>Replays versions, as many at once as there are processors, and tells what differs.</summary>
internal sealed class ReplayRun(PassportReplay replay, Terminal terminal, bool json)
{
    private const int PageSize = 500;

    private readonly Lock _lock = new();
    private int _identical;
    private int _different;
    private int _failed;
    private long _unfinished;

    /// <summary>Every finished version, in pages, so that memory does not grow with the database.</summary>
    public async Task AllAsync(Guid? tenantId, CancellationToken ct)
    {
        var (all, finished) = await replay.CountAsync(tenantId, ct);
        _unfinished = all - finished;
        await terminal.Error.Progress()
            .Columns(
                new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async progress =>
            {
                var task = progress.AddTask($"{finished} versions are replayed", maxValue: Math.Max(1, finished));
                var page = await replay.NextAsync(tenantId, Guid.Empty, PageSize, ct);
                while (page.Count > 0)
                {
                    await SomeAsync(page, ct, () => task.Increment(1));
                    page = await replay.NextAsync(tenantId, page[^1].PassportVersionId, PageSize, ct);
                }

                task.Value = task.MaxValue;
            });
    }

    public Task SomeAsync(IReadOnlyList<ReplayItem> versions, CancellationToken ct, Action? done = null) =>
        Parallel.ForEachAsync(versions, ct, async (version, stop) =>
        {
            await OneAsync(version, stop);
            done?.Invoke();
        });

    /// <summary>The last line; true where every version that was asked for is what it was.</summary>
    public bool Finish()
    {
        var counts = new { identical = _identical, different = _different, failed = _failed, unfinished = _unfinished };
        if (json)
        {
            terminal.WriteJson(counts);
        }
        else
        {
            var rest = _unfinished > 0 ? $", {_unfinished} not finished yet" : "";
            terminal.Line($"{_identical} identical, {_different} different, {_failed} not replayed{rest}");
        }

        return _different + _failed == 0;
    }

    private async Task OneAsync(ReplayItem version, CancellationToken ct)
    {
        try
        {
            var replayed = await replay.RunAsync(version.TenantId, version.PassportVersionId, ct);
            Tell(version.PassportVersionId, replayed, null, ref replayed.Identical ? ref _identical : ref _different);
        }
        catch (BpcException e)
        {
            Tell(version.PassportVersionId, null, $"{e.Code.Name}: {e.Message}", ref _failed);
        }
        catch (NpgsqlException e) when (DatabaseErrors.IsTransient(e))
        {
            // Of hours of replay one statement that came too late is no reason to begin anew.
            Tell(version.PassportVersionId, null, $"{BpcError.DbUnavailable.Name}: {e.Message}", ref _failed);
        }
    }

    // One at a time: lines of two versions must not mix.
    private void Tell(Guid id, Replayed? replayed, string? error, ref int count)
    {
        lock (_lock)
        {
            count++;
            if (json)
            {
                terminal.WriteJson(new
                {
                    passport_version_id = id,
                    identical = replayed?.Identical,
                    difference = replayed?.Difference,
                    stored = replayed?.Stored,
                    recompiled = replayed?.Recompiled,
                    error,
                });
            }
            else if (replayed is not { Identical: true })
            {
                terminal.Line(error is null
                    ? $"{id}: {replayed!.Difference}: stored {replayed.Stored}, recompiled {replayed.Recompiled}"
                    : $"{id}: {error}");
            }
        }
    }
}
