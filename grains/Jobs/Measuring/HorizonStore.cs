using Dapper;
using Npgsql;

namespace Bpc.Grains.Jobs.Measuring;

/// <summary>Who keeps the oldest snapshot, and what that leaves behind in the table of jobs.</summary>
/// <param name="Kind"><c>session</c>, <c>replication slot</c> or <c>prepared transaction</c>; null: nobody.</param>
/// <param name="Name">The session's process id, the slot's name or the transaction's.</param>
/// <param name="Age">In transactions.</param>
internal sealed record Horizon(
    string? Kind, string? Name, string? Detail, string? Xmin, int Age, long DeadRows, long LiveRows);

/// <summary>Reads the server's horizon: no row that died after it can be vacuumed away.</summary>
internal sealed class HorizonStore(NpgsqlDataSource db)
{
    // Logical slots hold back the catalogue alone (catalog_xmin). A standby's feedback stands in its walsender's row,
    // which has no database. Other roles cannot see backend_type, so every row without a database is included.
    private const string Sql = """
        SELECT h.kind AS Kind, h.name AS Name, h.detail AS Detail, h.xmin::text AS Xmin,
               coalesce(age(h.xmin), 0) AS Age, s.n_dead_tup AS DeadRows, s.n_live_tup AS LiveRows
          FROM pg_stat_user_tables s
          LEFT JOIN LATERAL (
               SELECT 'session' AS kind, pid::text AS name, concat_ws(', ', application_name, usename) AS detail,
                      backend_xmin AS xmin
                 FROM pg_stat_activity
                WHERE backend_xmin IS NOT NULL AND pid <> pg_backend_pid()
                  AND (datname = current_database() OR datname IS NULL)
                UNION ALL
               SELECT 'replication slot', slot_name, plugin, xmin FROM pg_replication_slots WHERE xmin IS NOT NULL
                UNION ALL
               SELECT 'prepared transaction', gid, owner, transaction FROM pg_prepared_xacts
                WHERE database = current_database()
               ) h ON true
         WHERE s.relid = 'jobs'::regclass
         ORDER BY age(h.xmin) DESC NULLS LAST LIMIT 1
        """;

    public async Task<Horizon> ReadAsync(CancellationToken ct)
    {
        await using var connection = await db.OpenConnectionAsync(ct);
        return await connection.QuerySingleAsync<Horizon>(new(Sql, cancellationToken: ct));
    }
}
