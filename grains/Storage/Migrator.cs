using System.Diagnostics;
using Bpc.Core;
using Bpc.Core.Settings;
using Npgsql;

namespace Bpc.Grains.Storage;

/// <summary>
/// Brings a database up to this build's schema. The ledger and the files are dbmate's, so that either may run.
/// </summary>
public static class Migrator
{
    // Any number, the same in every build: it serialises all migrators of one database.
    private const long LockKey = 0x6270_6331;

    // sql/090_roles.sql: from then on migrations are the owner role's work.
    private const string RolesVersion = "090";

    // sql/042_schedules_by_tenant.sql: UNIQUE NULLS NOT DISTINCT.
    private const int OldestServer = 15;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_lockPatience = TimeSpan.FromMinutes(5);

    public static Task<IReadOnlyList<string>> ApplyAsync(string connectionString, CancellationToken ct) =>
        ApplyAsync(connectionString, say: _ => { }, ct);

    /// <summary>
    /// Applies what is missing, each file once and in a transaction of its own, however many processes ask at a time,
    /// and returns the versions it applied. Creates the database where it is missing. Versions of a newer build are
    /// said and left alone: during a rolling update a process of the old build must be able to start.
    /// </summary>
    public static Task<IReadOnlyList<string>> ApplyAsync(
        string connectionString, Action<string> say, CancellationToken ct) =>
        ApplyAsync(connectionString, s_lockPatience, say, ct);

    /// <summary>The same, with how long each file may try to get its tables.</summary>
    internal static async Task<IReadOnlyList<string>> ApplyAsync(
        string connectionString, TimeSpan lockPatience, Action<string> say, CancellationToken ct)
    {
        // Not pooled: closing the connection is what gives the lock back, whatever happens. A long migration may take
        // its time.
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, CommandTimeout = 0 };
        await using var connection = await WaitAndOpenAsync(settings, say, ct);
        RequireVersion(connection.PostgreSqlVersion);
        await ExecuteAsync(connection, $"SELECT pg_advisory_lock({LockKey})", ct);
        await ExecuteAsync(
            connection, "CREATE TABLE IF NOT EXISTS schema_migrations (version varchar(128) PRIMARY KEY)", ct);

        var done = await DoneAsync(connection, ct);
        var newer = done.Except(Migration.All.Select(migration => migration.Version)).Order().ToList();
        if (newer.Count > 0)
        {
            say($"The database also has migrations of a newer build: {string.Join(", ", newer)}.");
        }

        var locks = new TableLocks(connection, say, lockPatience);
        var missing = Migration.All.Where(migration => !done.Contains(migration.Version)).ToList();
        if (done.Contains(RolesVersion) && missing.Count > 0)
        {
            // A dump restored with --no-owner is the login's: only the login can give the tables away.
            await locks.RunAsync("Securing the tables", () => SecureAsync(connection, ct), ct);
            await ExecuteAsync(connection, $"SET ROLE {DatabaseRole.Owner}", ct);
        }

        foreach (var migration in missing)
        {
            await locks.RunAsync(migration.Name, () => ApplyAsync(connection, migration, ct), ct);
            say($"Applied {migration.Name}");
        }

        await ExecuteAsync(connection, "RESET ROLE", ct);
        await locks.RunAsync("Securing the tables", () => SecureAsync(connection, ct), ct);
        return missing.ConvertAll(migration => migration.Version);
    }

    private static async Task SecureAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await ExecuteAsync(connection, TableLocks.Short, ct);
        await ExecuteAsync(connection, "SELECT bpc_secure_tables()", ct);
        await transaction.CommitAsync(ct);
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken ct)
    {
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await ExecuteAsync(connection, TableLocks.Short, ct);
        try
        {
            await ExecuteAsync(connection, migration.Sql, ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new BpcException(BpcError.ConfigMissing, $"{migration.Name}: {e.MessageText}", inner: e);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DuplicateTable
            or PostgresErrorCodes.DuplicateFunction or PostgresErrorCodes.DuplicateObject)
        {
            throw new BpcException(
                BpcError.ConfigMissing,
                $"{migration.Name}: {e.MessageText}, but the ledger schema_migrations does not know it. The database "
                + "was made by hand or by a build before the first release; name an empty one in BPC_DB_NAME",
                inner: e);
        }
        catch (PostgresException e) when (!TableLocks.Refused(e))
        {
            throw new InvalidOperationException(
                $"Migration {migration.Name} failed: {e.MessageText} ({e.SqlState}).", e);
        }

        await using var ledger = new NpgsqlCommand("INSERT INTO schema_migrations (version) VALUES ($1)", connection)
        {
            Parameters = { new() { Value = migration.Version } },
        };
        await ledger.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>CONFIG_MISSING for a server that does not know all that the files of sql/ say.</summary>
    internal static void RequireVersion(Version server)
    {
        if (server.Major < OldestServer)
        {
            throw new BpcException(
                BpcError.ConfigMissing, $"the server is PostgreSQL {server}; BPC needs {OldestServer} or newer");
        }
    }

    // A server that was started just before, as in a container, does not listen yet.
    private static async Task<NpgsqlConnection> WaitAndOpenAsync(
        NpgsqlConnectionStringBuilder settings, Action<string> say, CancellationToken ct)
    {
        var began = Stopwatch.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await OpenOrCreateAsync(settings, say, ct);
            }
            catch (NpgsqlException e) when (
                DatabaseErrors.IsTransient(e) && Stopwatch.GetElapsedTime(began) < s_patience)
            {
                if (attempt == 1)
                {
                    say($"Waiting for PostgreSQL, at most {s_patience.TotalSeconds} s: {e.Message}");
                }

                await Task.Delay(s_pause, ct);
            }
        }
    }

    private static async Task<NpgsqlConnection> OpenOrCreateAsync(
        NpgsqlConnectionStringBuilder settings, Action<string> say, CancellationToken ct)
    {
        try
        {
            return await OpenAsync(settings, ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InvalidCatalogName)
        {
            await CreateDatabaseAsync(settings, ct);
            say($"Created the database {settings.Database}");
            return await OpenAsync(settings, ct);
        }
    }

    private static async Task CreateDatabaseAsync(NpgsqlConnectionStringBuilder settings, CancellationToken ct)
    {
        var maintenance = new NpgsqlConnectionStringBuilder(settings.ConnectionString) { Database = "postgres" };
        await using var connection = await OpenAsync(maintenance, ct);
        try
        {
            var name = "\"" + settings.Database!.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
            await ExecuteAsync(connection, $"CREATE DATABASE {name}", ct);
        }
        catch (PostgresException e)
            when (e.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
        {
            // Another process made it in between.
        }
    }

    private static async Task<NpgsqlConnection> OpenAsync(NpgsqlConnectionStringBuilder settings, CancellationToken ct)
    {
        var connection = new NpgsqlConnection(settings.ConnectionString);
        try
        {
            await connection.OpenAsync(ct);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static async Task<HashSet<string>> DoneAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("SELECT version FROM schema_migrations", connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var versions = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(ct))
        {
            versions.Add(reader.GetString(0));
        }

        return versions;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        // SQL is our own embedded file or a statement above; Npgsql runs several statements of one text in turn.
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }
}
