using Bpc.Core.Settings;
using Bpc.Grains.Storage;
using Bpc.Silo.Postgres;
using Bpc.Tests.Database;
using Npgsql;

[assembly: AssemblyFixture(typeof(PostgresServer))]

namespace Bpc.Tests.Database;

/// <summary>
/// The PostgreSQL of a test run: the one BPC_DB_HOST names, else a private one in a temporary folder. It starts when
/// the first test asks for a database, and each database is a clone of one that was migrated once.
/// </summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private readonly string _run = $"bpc_test_{Guid.NewGuid():n}"[..20];
    private readonly Lazy<Task<DatabaseSettings>> _template;
    private DirectoryInfo? _folder;
    private EmbeddedPostgres? _server;
    private DatabaseSettings? _settings;
    private int _count;

    public PostgresServer() => _template = new(MakeTemplateAsync);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async Task<TestDatabase> CreateDatabaseAsync()
    {
        var template = await _template.Value;
        var settings = template with { Name = $"{_run}_{Interlocked.Increment(ref _count)}" };
        await ExecuteAsync($"CREATE DATABASE {settings.Name} TEMPLATE {template.Name}");
        return new(settings, () => DropAsync(settings.Name));
    }

    /// <summary>
    /// The settings of a database that does not exist yet, for tests of those who make one; they drop it with <see
    /// cref="DropAsync"/>.
    /// </summary>
    public async Task<DatabaseSettings> NameDatabaseAsync() =>
        (await _template.Value) with { Name = $"{_run}_{Interlocked.Increment(ref _count)}" };

    public Task DropAsync(string database) => ExecuteAsync($"DROP DATABASE IF EXISTS {database} WITH (FORCE)");

    public async ValueTask DisposeAsync()
    {
        if (_settings is not null)
        {
            await DropAsync(_run);
        }

        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _folder?.Delete(recursive: true);
    }

    private async Task<DatabaseSettings> MakeTemplateAsync()
    {
        _settings = FromEnvironment() ?? await StartServerAsync();
        var template = _settings with { Name = _run, PoolSize = 20 };
        await Migrator.ApplyAsync(template.ToConnectionString(), TestContext.Current.CancellationToken);
        return template;
    }

    private async Task<DatabaseSettings> StartServerAsync()
    {
        _folder = Directory.CreateTempSubdirectory("bpc-tests-");
        // Everybody may pass through, so that the server's user finds its own folder in it, which only that user may
        // enter.
        File.SetUnixFileMode(_folder.FullName, (UnixFileMode)0b111_001_001);
        // fsync=off: it only protects against a crash of the machine, which throwaway data need not outlive.
        string[] options = ["fsync=off", "full_page_writes=off"];
        _server = await EmbeddedPostgres.StartAsync(
            _folder.FullName, say: _ => { }, options, TestContext.Current.CancellationToken);
        return _server.Settings with { Name = "postgres" };
    }

    private static DatabaseSettings? FromEnvironment() => Variable("BPC_DB_HOST") is not { } host ? null
        : new(host, int.Parse(Variable("BPC_DB_PORT") ?? "5432"), Variable("BPC_DB_USER") ?? "postgres",
            Variable("BPC_DB_PASSWORD") ?? "postgres", Name: "postgres");

    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private async Task ExecuteAsync(string sql)
    {
        // Unpooled: a pooled connection would keep a session open on the server that is about to stop.
        await using var connection = new NpgsqlConnection(
            _settings!.ToConnectionString() + ";Pooling=false;Timeout=120;Command Timeout=300");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
