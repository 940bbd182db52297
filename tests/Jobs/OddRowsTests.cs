using Bpc.Tests.Database;
using Npgsql;

namespace Bpc.Tests.Jobs;

/// <summary>
/// Anyone may type a row of the jobs table. One that nobody can work with is refused, or pays for itself: the others are
/// done.
/// </summary>
[Trait("Category", "Integration")]
public sealed class OddRowsTests(PostgresServer postgres)
{
    private static readonly (string Columns, string Values)[] s_refused =
    [
        ("scheduled_at", "'infinity'"), ("scheduled_at", "'-infinity'"), ("scheduled_at", "'294276-01-01'"),
        ("scheduled_at", "'4000-01-01 BC'"), ("created_at", "'infinity'"), ("created_at", "'294276-01-01'"),
        ("priority", "4"), ("max_attempts", "0"), ("status", "'WAITING'"), ("payload", "NULL"),
    ];

    private static readonly (string Columns, string Values)[] s_odd =
    [
        ("payload", "'null'"), ("payload", "'[]'"), ("payload", "'\"x\"'"), ("payload", "'1e400'"),
        ("payload", "('{\"a\":' || repeat('[', 5000) || repeat(']', 5000) || '}')::jsonb"),
        ("payload", "jsonb_build_object('a', repeat('x', 2000000))"),
        ("scheduled_at", "'2000-01-01Z'"), ("scheduled_at", "'9998-12-31 23:59:59.999999Z'"),
        ("attempts", "2147483647"), ("attempts, max_attempts", "7, 3"), ("attempts", "-5"),
        ("max_attempts", "2147483647"), ("lease_epoch", "9223372036854775807"), ("lease_epoch", "-7"),
        ("rescues", "2147483647"), ("rescues", "-1"), ("priority", "0"),
        ("traceparent", "'garbage'"), ("traceparent", "repeat('00-', 100000)"), ("traceparent", "''"),
        ("correlation_id", "repeat(E'x\\n', 100000)"), ("idempotency_key", "E'\\n'"),
        ("last_error", "'[]'"), ("result", "'\"x\"'"), ("lease_owner, lease_silo", "'nobody', 'nowhere'"),
        ("lease_owner, lease_expires_at", "'nobody', 'infinity'"),
        ("status", "'RUNNING'"), ("status, lease_expires_at", "'RUNNING', '-infinity'"),
        ("status, lease_silo, lease_expires_at", "'RUNNING', 'S127.0.0.1:1:1', now()"),
        ("status, lease_silo, lease_expires_at", "'RUNNING', repeat('x', 1000), '294276-01-01'"),
        ("status, lease_expires_at", "'RUNNING', 'infinity'"),
        ("status, attempts, max_attempts", "'RUNNING', 9, 3"), ("status, rescues", "'RUNNING', 2147483647"),
        ("status, completed_at", "'SUCCEEDED', 'infinity'"), ("status, started_at", "'CANCELLED', '-infinity'"),
    ];

    [Fact]
    public async Task What_no_silo_could_count_with_is_refused_where_it_is_typed()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        foreach (var (columns, values) in s_refused)
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(
                () => InsertAsync(database, tenant, "ODD", columns, values));
            Assert.StartsWith("23", refused.SqlState, StringComparison.Ordinal); // a constraint, which has a name
        }
    }

    [Fact]
    public async Task An_odd_row_keeps_nobody_else_s_job_from_being_done()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var (tenant, other) = (await database.CreateTenantAsync(), await database.CreateTenantAsync());
        foreach (var (columns, values) in s_odd)
        {
            await InsertAsync(database, tenant, "ODD", columns, values);
        }

        foreach (var type in (string[])["''", "repeat('x', 100000)", "E'\\n'", "'🔋'"])
        {
            await database.ExecuteAsync($"INSERT INTO jobs (tenant_id, type) VALUES ($1, {type})", tenant);
        }

        await database.ExecuteAsync(
            """
            INSERT INTO jobs (tenant_id, type) SELECT t, type
              FROM unnest($1) t, unnest(ARRAY['ODD', 'EVEN']) type, generate_series(1, 20)
            """,
            new[] { tenant, other });

        await using var cluster = await JobCluster.StartAsync(
            database, new(), [TestHandler.Succeeding("ODD"), TestHandler.Succeeding("EVEN")], silos: 2);
        await JobRows.UntilAsync(
            async () => await database.ScalarAsync<long>(
                "SELECT count(*) FROM jobs WHERE status = 'SUCCEEDED' AND attempts = 1 AND payload = '{}'") >= 80,
            "all jobs are done that have nothing odd");

        // And what comes later, too, and the odd ones that are due: each ends in some way.
        await database.QueueAsync(other, "EVEN");
        await database.QueueAsync(tenant, "ODD");
        await JobRows.UntilAsync(
            async () => await database.ScalarAsync<long>(
                """
                SELECT count(*) FROM jobs WHERE type IN ('ODD', 'EVEN') AND status = 'QUEUED' AND scheduled_at <= now()
                """) == 0,
            "nothing that is due waits");
    }

    private static Task<int> InsertAsync(TestDatabase database, Guid tenant, string type, string columns, string values) =>
        database.ExecuteAsync($"INSERT INTO jobs (tenant_id, type, {columns}) VALUES ($1, '{type}', {values})", tenant);
}
