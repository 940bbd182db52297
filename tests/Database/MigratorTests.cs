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

    [Fact]
    public async Task A_migration_in_a_deadlock_with_a_call_lets_it_go_on_and_tries_again()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await database.ExecuteAsync("""
            DROP INDEX jobs_correlation, events_time, webhook_deliveries_failed;
            DELETE FROM schema_migrations WHERE version = '093';
            """);
        await using var call = new NpgsqlConnection(
            database.ConnectionString + ";Pooling=false;Options=-c deadlock_timeout=1h"); // it is never the one to go
        await call.OpenAsync(Ct);
        await LockAsync("BEGIN; LOCK TABLE webhook_deliveries IN ROW EXCLUSIVE MODE");
        var migrating = Migrator.ApplyAsync(database.ConnectionString, Ct);
        await JobRows.UntilAsync(
            () => database.ScalarAsync<bool>(
                "SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'webhook_deliveries'::regclass AND NOT granted)"),
            "it has the other tables and waits for this one");

        await LockAsync("LOCK TABLE jobs IN ROW EXCLUSIVE MODE; COMMIT");

        Assert.Equal(["093"], await migrating);

        async Task LockAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, call);
            await command.ExecuteNonQueryAsync(Ct);
        }
    }

    [Fact]
    public async Task A_database_with_one_key_under_two_ids_is_brought_up_and_takes_no_third()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var file = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "sql", "092_identity.sql"), Ct);
        await database.ExecuteAsync(file[file.IndexOf("-- migrate:down", StringComparison.Ordinal)..]);
        await database.ExecuteAsync("DELETE FROM schema_migrations WHERE version = '092'");
        const string register = "INSERT INTO signing_keys (signing_key_id, public_key) VALUES ($1, sha256('key'))";
        await database.ExecuteAsync(register, "first");
        await database.ExecuteAsync(register, "second");

        Assert.Equal(["092"], await Migrator.ApplyAsync(database.ConnectionString, Ct));

        var refused = await Assert.ThrowsAsync<PostgresException>(() => database.ExecuteAsync(register, "third"));
        Assert.Equal(PostgresErrorCodes.UniqueViolation, refused.SqlState);
        Assert.Contains("registered as 'first' already", refused.MessageText, StringComparison.Ordinal);
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
