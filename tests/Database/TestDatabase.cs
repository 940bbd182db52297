using Bpc.Core.Settings;
using Npgsql;

namespace Bpc.Tests.Database;

/// <summary>A migrated database of one test's own; gone when the test is.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly Func<Task> _drop;

    internal TestDatabase(DatabaseSettings settings, Func<Task> drop)
    {
        Settings = settings;
        DataSource = NpgsqlDataSource.Create(ConnectionString);
        _drop = drop;
    }

    public DatabaseSettings Settings { get; }

    public NpgsqlDataSource DataSource { get; }

    public string ConnectionString => Settings.ToConnectionString();

    /// <summary>BPC_DB_* for a process of our own.</summary>
    public IReadOnlyDictionary<string, string> Variables => new Dictionary<string, string>
    {
        ["BPC_DB_HOST"] = Settings.Host!,
        ["BPC_DB_PORT"] = $"{Settings.Port}",
        ["BPC_DB_USER"] = Settings.User,
        ["BPC_DB_PASSWORD"] = Settings.Password,
        ["BPC_DB_NAME"] = Settings.Name,
    };

    public async Task<Guid> CreateTenantAsync()
    {
        var tenant = Guid.CreateVersion7();
        await ExecuteAsync("INSERT INTO tenants (tenant_id, slug) VALUES ($1, $2)", tenant, $"tenant-{tenant:n}");
        return tenant;
    }

    /// <summary>The first column of the first row; default where there is no row or it is null.</summary>
    public async Task<T?> ScalarAsync<T>(string sql, params object?[] args)
    {
        await using var command = Command(sql, args);
        return await command.ExecuteScalarAsync() is { } value and not DBNull ? (T)value : default;
    }

    /// <summary>The number of rows changed.</summary>
    public async Task<int> ExecuteAsync(string sql, params object?[] args)
    {
        await using var command = Command(sql, args);
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>Changes what the triggers protect, as somebody who owns the server could.</summary>
    public async Task<int> TamperAsync(string sql, params object?[] args)
    {
        await using var connection = await DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var off = new NpgsqlCommand("SET LOCAL session_replication_role = replica", connection))
        {
            await off.ExecuteNonQueryAsync();
        }

        await using var command = Fill(new NpgsqlCommand(sql, connection), args);
        var rows = await command.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync();
        await _drop();
    }

    private NpgsqlCommand Command(string sql, object?[] args) => Fill(DataSource.CreateCommand(sql), args);

    private static NpgsqlCommand Fill(NpgsqlCommand command, object?[] args)
    {
        foreach (var value in args)
        {
            command.Parameters.Add(new() { Value = value ?? DBNull.Value });
        }

        return command;
    }
}
