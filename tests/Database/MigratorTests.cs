using Bpc.Core;
using Bpc.Core.Settings;
using Bpc.Grains.Storage;
using Bpc.Tests.Jobs;
using Bpc.Tests.Jobs.Faults;
using Npgsql;

namespace Bpc.Tests.Database;

[Trait("Category", "Integration")]
public sealed class MigratorTests(PostgresServer postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ten_migrators_at_a_time_make_the_database_and_apply_each_file_once()
    {
        var settings = await postgres.NameDatabaseAsync();
        try
        {
            var runs = await Task.WhenAll(
                Enumerable.Range(0, 10).Select(_ => Migrator.ApplyAsync(settings.ToConnectionString(), Ct)));

            Assert.Single(runs, applied => applied.Count > 0);
            Assert.Empty(await Migrator.ApplyAsync(settings.ToConnectionString(), Ct));
        }
        finally
        {
            await postgres.DropAsync(settings.Name);
        }
    }

    [Fact]
    public async Task A_server_that_does_not_listen_yet_is_waited_for_and_that_is_said_once()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var port = TestPort.Next();
        var (said, waits) = (new List<string>(), new TaskCompletionSource());
        var migrating = Migrator.ApplyAsync(
            (database.Settings with { Host = "127.0.0.1", Port = port }).ToConnectionString(),
            line =>
            {
                said.Add(line);
                waits.TrySetResult();
            },
            Ct);
        await Task.WhenAny(waits.Task, migrating);

        await using var listening = new AnswerEater(database.Settings.Port, "nothing is eaten", port);

        Assert.Empty(await migrating);
        Assert.StartsWith("Waiting for PostgreSQL, at most 30 s: ", Assert.Single(said), StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_too_old_for_our_SQL_is_refused_in_one_line()
    {
        var refused = Assert.Throws<BpcException>(() => Migrator.RequireVersion(new(14, 19)));

        Assert.Equal(BpcError.ConfigMissing, refused.Code);
        Assert.Equal("the server is PostgreSQL 14.19; BPC needs 15 or newer", refused.Message);
        Migrator.RequireVersion(new(15, 0));
    }

    [Fact]
    public async Task The_ledger_names_the_leading_digits_of_every_file()
    {
        await using var database = await postgres.CreateDatabaseAsync();

        var ledger = await database.ScalarAsync<string[]>("SELECT array_agg(version)::text[] FROM schema_migrations");

        Assert.NotNull(ledger);
        Assert.Contains("001", ledger);
        Assert.All(ledger, version => Assert.Matches("^[0-9]{3}$", version));
    }

    [Fact]
    public async Task A_database_of_a_newer_build_is_said_and_left_alone()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await database.ExecuteAsync("INSERT INTO schema_migrations VALUES ('999')");
        var said = new List<string>();

        var applied = await Migrator.ApplyAsync(database.ConnectionString, said.Add, Ct);

        Assert.Empty(applied);
        Assert.Contains(said, line => line.Contains("999", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_migration_that_fails_leaves_no_trace_and_names_its_file()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await database.ExecuteAsync("""
            DROP TABLE audit_links, audit_queue, events CASCADE;
            DROP FUNCTION link_events(int), bpc_queue_event();
            DELETE FROM schema_migrations WHERE version = '040';
            """);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Migrator.ApplyAsync(database.ConnectionString, Ct));

        Assert.Contains("040_audit_chain.sql", error.Message, StringComparison.Ordinal);
        Assert.IsType<PostgresException>(error.InnerException);
        Assert.False(await database.ScalarAsync<bool>("SELECT '040' IN (SELECT version FROM schema_migrations)"));
    }

    [Fact]
    public async Task Beside_a_backup_a_migration_waits_its_turn_and_stops_nobody()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await using var backup = await HoldJobsAsync(database);
        var waits = new TaskCompletionSource<string>();
        var migrating = Migrator.ApplyAsync(database.ConnectionString, line => waits.TrySetResult(line), Ct);
        await JobRows.UntilAsync(
            () => database.ScalarAsync<bool>(
                """
                SELECT EXISTS (SELECT FROM pg_locks JOIN pg_database d ON d.oid = database
                                WHERE datname = current_database() AND relation = 'jobs'::regclass AND NOT granted)
                """),
            "it waits for the table");

        await database.QueueAsync(tenant, "WORK").WaitAsync(TimeSpan.FromSeconds(90), Ct);
        var said = await waits.Task.WaitAsync(TimeSpan.FromSeconds(90), Ct);
        Assert.False(migrating.IsCompleted);
        await backup.DisposeAsync();

        Assert.Equal(["043"], await migrating);
        Assert.StartsWith("043_jobs_times.sql waits for pid ", said, StringComparison.Ordinal);
        Assert.Contains(" a backup since ", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_migration_that_never_gets_its_table_ends_with_who_has_it()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var backup = await HoldJobsAsync(database);

        var error = await Assert.ThrowsAsync<BpcException>(
            () => Migrator.ApplyAsync(database.ConnectionString, lockPatience: TimeSpan.Zero, say: _ => { }, Ct));

        Assert.Equal(BpcError.DbUnavailable, error.Code);
        Assert.Contains(" a backup since ", error.Message, StringComparison.Ordinal);
    }

    // As pg_dump does, with one migration that needs the table for itself still to come.
    private static async Task<NpgsqlConnection> HoldJobsAsync(TestDatabase database)
    {
        await database.ExecuteAsync("""
            ALTER TABLE jobs DROP CONSTRAINT jobs_times_are_from_2000_to_9998;
            DELETE FROM schema_migrations WHERE version = '043';
            """);
        var backup = new NpgsqlConnection(database.ConnectionString + ";Pooling=false;Application Name=a backup");
        await backup.OpenAsync(Ct);
        await using var command = new NpgsqlCommand("BEGIN; LOCK TABLE jobs IN ACCESS SHARE MODE", backup);
        await command.ExecuteNonQueryAsync(Ct);
        return backup;
    }

    [Fact]
    public async Task A_database_that_has_what_its_ledger_does_not_know_is_refused_with_the_way_out()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await database.ExecuteAsync("DELETE FROM schema_migrations WHERE version = '001'");

        var error = await Assert.ThrowsAsync<BpcException>(() => Migrator.ApplyAsync(database.ConnectionString, Ct));

        Assert.Equal(BpcError.ConfigMissing, error.Code);
        Assert.Contains("001_tenants.sql", error.Message, StringComparison.Ordinal);
        Assert.Contains("BPC_DB_NAME", error.Message, StringComparison.Ordinal);
        Assert.False(await database.ScalarAsync<bool>("SELECT '001' IN (SELECT version FROM schema_migrations)"));
    }
}
