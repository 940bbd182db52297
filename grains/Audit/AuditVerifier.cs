using System.Data;
using Bpc.Core.Audit;
using Npgsql;

namespace Bpc.Grains.Audit;

/// <summary>What an auditor learns of a tenant's trail.</summary>
/// <param name="Events">Linked events.</param>
/// <param name="Waiting">Events of the last moments, not linked yet.</param>
/// <param name="Broken">Where the first link does not hold; null: everything holds.</param>
public sealed record AuditReport(long Events, long Waiting, AuditHead Head, AuditBreak? Broken);

/// <summary>The first place that does not hold.</summary>
public sealed record AuditBreak(string Where, string Reason);

/// <summary>
/// Verifies a tenant's events against their hashes, the chain of each aggregate and the chain of all. It believes no
/// column it can compute, and works on the database alone.
/// </summary>
public sealed class AuditVerifier(NpgsqlDataSource database)
{
    /// <param name="kept">A head kept elsewhere; finds what was cut off at the end.</param>
    /// <param name="progress">Told of rows done and rows to do.</param>
    public async Task<AuditReport> VerifyAsync(
        Guid tenantId, AuditHead? kept, Action<long, long> progress, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var view = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        var trail = new AuditReader(connection, tenantId);
        var rows = new Counter(await trail.CountAsync(ct), progress);
        var chain = new TenantChain(tenantId, kept);
        var broken = await LinksAsync(trail, chain, rows, ct)
            ?? await AggregatesAsync(trail, rows, ct)
            ?? await UnlinkedAsync(trail, ct);
        return new(chain.Head.Position, await trail.WaitingAsync(ct), chain.Head, broken);
    }

    private static async Task<AuditBreak?> LinksAsync(
        AuditReader trail, TenantChain chain, Counter rows, CancellationToken ct)
    {
        AuditBreak? first = null;
        await foreach (var link in trail.LinksAsync(ct))
        {
            if (chain.Add(link) is { } reason)
            {
                first ??= new($"position {link.Position}, event {link.EventId}{Name(link.Event)}", reason);
            }

            rows.Next();
        }

        return first ?? (chain.End() is { } cut ? new("the end of the chain", cut) : null);
    }

    private static async Task<AuditBreak?> AggregatesAsync(AuditReader trail, Counter rows, CancellationToken ct)
    {
        AuditEvent? previous = null;
        await foreach (var row in trail.EventsAsync(ct))
        {
            var before = previous?.AggregateType == row.AggregateType && previous.AggregateId == row.AggregateId
                ? previous : null;
            if (EventChain.Problem(row, before) is { } reason)
            {
                return new($"an event{Name(row)}", reason);
            }

            previous = row;
            rows.Next();
        }

        return null;
    }

    private static async Task<AuditBreak?> UnlinkedAsync(AuditReader trail, CancellationToken ct) =>
        await trail.StrayAsync(ct) is > 0 and var stray
            ? new($"event {stray}", "it is in no link and does not wait for one: it was put in by hand")
            : await trail.LostAsync(ct) is > 0 and var lost
                ? new($"event {lost}", "it waits to be linked, and is gone")
                : null;

    private static string Name(AuditEvent? row) =>
        row is null ? "" : $" ({row.AggregateType} {row.AggregateId} version {row.AggregateVersion})";

    private sealed class Counter(long total, Action<long, long> progress)
    {
        private const int Every = 1000;
        private long _done;

        public void Next()
        {
            if (++_done % Every == 0 || _done == total)
            {
                progress(_done, total);
            }
        }
    }
}
