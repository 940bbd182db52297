using Bpc.Core.Settings;
using Bpc.Gateway.Queries;
using Npgsql;

namespace Bpc.Tests.Database;

/// <summary>What sql/090_roles.sql promises, asked of the database itself, for every table there is.</summary>
[Trait("Category", "Integration")]
public sealed class RowLevelSecurityTests(PostgresServer postgres)
{
    private const string TenantTables = """
        SELECT table_name::text FROM information_schema.columns
         WHERE table_schema = 'public' AND column_name = 'tenant_id' ORDER BY table_name
        """;

    // What the gateway may read of a table, as the head of a query without WHERE.
    private const string ReadableColumn = """
        SELECT column_name::text FROM information_schema.columns
         WHERE table_schema = 'public' AND table_name = $1
           AND has_column_privilege('bpc_gateway', table_name::regclass, column_name, 'SELECT') LIMIT 1
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_table_with_a_tenant_has_the_two_policies_and_the_owner_role()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tables = await ListAsync(database.DataSource, TenantTables);
        Assert.True(tables.Count >= 18, $"only {tables.Count}");
        foreach (var table in tables)
        {
            Assert.True(
                await database.ScalarAsync<bool>("SELECT relrowsecurity FROM pg_class WHERE oid = $1::regclass", table),
                $"{table} has no row-level security: bpc_secure_tables() was not called after it was made");
            Assert.Equal("bpc_owner", await database.ScalarAsync<string>(
                "SELECT relowner::regrole::text FROM pg_class WHERE oid = $1::regclass", table));
            Assert.Equal("every_tenant bpc_worker, own_tenant bpc_gateway", await database.ScalarAsync<string>(
                """
                SELECT string_agg(policyname || ' ' || array_to_string(roles, ','), ', ' ORDER BY policyname)
                  FROM pg_policies WHERE schemaname = 'public' AND tablename = $1
                """, table));
        }
    }

    [Fact]
    public async Task A_query_without_WHERE_shows_the_gateway_its_tenant_s_rows_and_none_without_a_tenant()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var (mine, other) = (await database.CreateSampleAsync(), await database.CreateSampleAsync());
        await using var gateway = As(database, DatabaseRole.Gateway);
        var filled = 0;
        foreach (var table in await ListAsync(database.DataSource, TenantTables))
        {
            if (await database.ScalarAsync<string>(ReadableColumn, table) is not { } column)
            {
                continue; // the gateway may not even count it
            }

            var query = $"SELECT count({column}) FROM {table}";
            Assert.Equal(0L, await CountAsync(gateway, query, tenant: null));
            var (seen, seenByOther) = (await CountAsync(gateway, query, mine), await CountAsync(gateway, query, other));
            Assert.Equal(0L, await CountAsync(gateway, $"{query} WHERE tenant_id = '{other}'", mine));
            Assert.Equal(await database.ScalarAsync<long>($"SELECT count(*) FROM {table}"), seen + seenByOther);
            filled += seen > 0 && seenByOther > 0 ? 1 : 0;
        }

        Assert.True(filled >= 13, $"only {filled} tables had rows of both tenants to hide");
        Assert.Equal(0L, await CountAsync(gateway, "SELECT count(*) FROM facts", tenant: null)); // and it ends with them
    }

    [Fact]
    public async Task A_query_of_the_gateway_leaves_no_tenant_behind_on_its_connection()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var (mine, _) = (await database.CreateSampleAsync(), await database.CreateSampleAsync());
        await using var gateway = new GatewayDatabase(new() { Database = database.Settings with { PoolSize = 1 } });
        const string all = "SELECT count(*) FROM documents";

        Assert.Equal(1L, await gateway.FindAsync<long>(all, new { tenantId = mine }, Ct));
        Assert.Equal(0L, Assert.Single(await gateway.ListCommonAsync<long>(all, new { }, Ct)));
        Assert.Equal(0L, await gateway.FindAsync<long>(all, new { tenantId = Guid.CreateVersion7() }, Ct));
    }

    [Fact]
    public async Task What_is_asked_again_is_prepared_and_sees_its_own_tenant_all_the_same()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var (mine, other) = (await database.CreateSampleAsync(), await database.CreateSampleAsync());
        await using var gateway = new GatewayDatabase(new() { Database = database.Settings with { PoolSize = 1 } });
        const string all = "SELECT tenant_id FROM documents";
        for (var asked = 0; asked < 10; asked++)
        {
            Assert.Equal(mine, await gateway.FindAsync<Guid>(all, new { tenantId = mine }, Ct));
            Assert.Equal(other, await gateway.FindAsync<Guid>(all, new { tenantId = other }, Ct));
            Assert.Empty(await gateway.ListCommonAsync<Guid>(all, new { }, Ct));
        }

        Assert.Equal(1L, Assert.Single(await gateway.ListCommonAsync<long>(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement = $$SELECT tenant_id FROM documents$$", new { },
            Ct)));
    }

    [Fact]
    public async Task The_gateway_role_owns_nothing_writes_nothing_and_reads_no_secret()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var gateway = As(database, DatabaseRole.Gateway);

        Assert.False(await database.ScalarAsync<bool>(
            "SELECT rolbypassrls OR rolsuper OR rolcanlogin FROM pg_roles WHERE rolname = 'bpc_gateway'"));
        Assert.Equal(0L, await database.ScalarAsync<long>(
            "SELECT count(*) FROM pg_shdepend WHERE refobjid = 'bpc_gateway'::regrole AND deptype = 'o'"));
        Assert.Empty(await ListAsync(database.DataSource, """
            SELECT c.relname || ' ' || p FROM pg_class c, unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) p
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v')
               AND has_table_privilege('bpc_gateway', c.oid, p)
            """));
        // A view reads with its owner's rights, who sees all tenants.
        Assert.Empty(await ListAsync(database.DataSource, """
            SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')
               AND has_any_column_privilege('bpc_gateway', oid, 'SELECT')
               AND NOT coalesce(reloptions::text LIKE '%security_invoker=%', false)
            """));
        foreach (var secret in (string[])
            ["secret FROM snapshots", "secret_encrypted FROM webhook_endpoints", "key_hash FROM api_keys",
                "response FROM idempotency_keys", "grain_id FROM orleans_reminders"])
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(
                () => CountAsync(gateway, $"SELECT count(*) FROM (SELECT {secret}) s", tenant: null));
            Assert.True(
                refused.SqlState == PostgresErrorCodes.InsufficientPrivilege, $"{secret}: {refused.MessageText}");
        }
    }

    [Fact]
    public async Task A_worker_sees_every_tenant_and_changes_no_table()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await database.CreateSampleAsync();
        await database.CreateSampleAsync();
        await using var worker = As(database, DatabaseRole.Worker);

        Assert.Equal(2L, await CountAsync(worker, "SELECT count(*) FROM documents", tenant: null));
        foreach (var change in (string[])
            ["ALTER TABLE events DISABLE TRIGGER USER", "DROP TABLE jobs", "CREATE TABLE mine (id int)",
                "DROP POLICY own_tenant ON facts", "TRUNCATE events"])
        {
            await using var command = worker.CreateCommand(change);
            var refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Ct));
            Assert.True(refused.SqlState is "42501" or "23001", $"{change}: {refused.MessageText}");
        }
    }

    [Fact]
    public async Task Whatever_resets_a_session_comes_back_to_its_role()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var gateway = As(database, DatabaseRole.Gateway);
        foreach (var reset in (string[])["SELECT 1", "RESET ROLE", "RESET ALL", "DISCARD ALL", "SET ROLE bpc_gateway"])
        {
            await using var connection = await gateway.OpenConnectionAsync(Ct);
            await using var command = new NpgsqlCommand(reset, connection);
            await command.ExecuteNonQueryAsync(Ct);
            command.CommandText = "SELECT current_user::text";
            Assert.Equal(DatabaseRole.Gateway, await command.ExecuteScalarAsync(Ct));
        }
    }

    [Fact]
    public async Task A_table_that_comes_later_is_secured_by_the_same_function()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await database.ExecuteAsync("CREATE TABLE later (tenant_id uuid NOT NULL, api_secret text, word text)");
        await database.ExecuteAsync("INSERT INTO later VALUES ($1, 's', 'w'), (gen_random_uuid(), 's', 'w')", tenant);

        await database.ExecuteAsync("SELECT bpc_secure_tables()");
        await database.ExecuteAsync("SELECT bpc_secure_tables()");

        await using var gateway = As(database, DatabaseRole.Gateway);
        Assert.Equal(1L, await CountAsync(gateway, "SELECT count(word) FROM later", tenant));
        Assert.Equal(0L, await CountAsync(gateway, "SELECT count(word) FROM later", tenant: null));
        await Assert.ThrowsAsync<PostgresException>(
            () => CountAsync(gateway, "SELECT count(api_secret) FROM later", tenant));
    }

    // Connections are reused without a reset, as the gateway does: what a query leaves behind, the next one would see.
    private static NpgsqlDataSource As(TestDatabase database, string role) => NpgsqlDataSource.Create(
        $"{(database.Settings with { PoolSize = 1 }).ToConnectionString(role)};No Reset On Close=true");

    private static async Task<long> CountAsync(NpgsqlDataSource source, string sql, Guid? tenant)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection);
        if (tenant is not null)
        {
            batch.BatchCommands.Add(new($"SELECT set_config('bpc.tenant_id', '{tenant}', true)"));
        }

        batch.BatchCommands.Add(new(sql));
        await using var reader = await batch.ExecuteReaderAsync();
        if (tenant is not null)
        {
            await reader.NextResultAsync();
        }

        await reader.ReadAsync();
        return reader.GetInt64(0);
    }

    private static async Task<List<string>> ListAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var found = new List<string>();
        while (await reader.ReadAsync())
        {
            found.Add(reader.GetString(0));
        }

        return found;
    }
}
