using Bpc.Core;
using Bpc.Core.Settings;
using Bpc.Silo.Postgres;
using Bpc.Tests.EndToEnd;
using Npgsql;

namespace Bpc.Tests.Database;

[Trait("Category", "Integration")]
public sealed class EmbeddedPostgresTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bpc-tests-");
    private readonly List<string> _said = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Home => Path.Combine(_folder.FullName, "postgres");

    public EmbeddedPostgresTests() => OpenToPassers(_folder.FullName);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_data_and_the_address_outlive_a_restart()
    {
        int port;
        await using (var first = await StartAsync())
        {
            port = first.Settings.Port;
            await AskAsync(first, "CREATE TABLE kept AS SELECT 42 AS answer");
        }

        await using var second = await StartAsync();

        Assert.Equal(42, await AskAsync(second, "SELECT answer FROM kept"));
        Assert.Equal(port, second.Settings.Port);
    }

    [Fact]
    public async Task The_line_for_psql_opens_it_and_does_not_show_the_password()
    {
        await using var server = await StartAsync();
        var line = server.PsqlLine[..^"bpc".Length] + "postgres -Atc 'SELECT current_user'"; // there is no bpc yet

        var psql = await ChildProcess.RunAsync("bash", ["-c", line], new Dictionary<string, string>(), Ct);

        Assert.Equal((0, server.Settings.User), (psql.ExitCode, psql.Output.Trim()));
        Assert.DoesNotContain(server.Settings.Password, server.PsqlLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_start_on_the_same_folder_is_told_so_and_harms_nothing()
    {
        await using var first = await StartAsync();

        var error = await Assert.ThrowsAsync<BpcException>(StartAsync);

        Assert.Equal(BpcError.ConfigMissing, error.Code);
        Assert.Contains(Home, error.Message, StringComparison.Ordinal);
        Assert.Equal(1, await AskAsync(first, "SELECT 1"));
        Assert.Equal(first.Settings, EmbeddedPostgres.Running(_folder.FullName));
    }

    [Fact]
    public async Task A_stopped_server_leaves_no_process_and_is_not_found_running()
    {
        var server = await StartAsync();
        await server.DisposeAsync();

        Assert.Null(EmbeddedPostgres.Running(_folder.FullName));
        await Assert.ThrowsAsync<NpgsqlException>(() => AskAsync(server, "SELECT 1"));
    }

    [Fact]
    public async Task Nobody_gets_in_without_the_password_and_nobody_else_can_read_it()
    {
        await using var server = await StartAsync();

        var guess = server.Settings with { Password = "postgres" };
        var error = await Assert.ThrowsAsync<PostgresException>(() => AskAsync(guess, "SELECT 1"));

        Assert.Equal(PostgresErrorCodes.InvalidPassword, error.SqlState);
        Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(Path.Combine(Home, "password")));
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(Path.Combine(Home, "server")));
        Assert.Equal("127.0.0.1", await AskAsync(server, "SELECT current_setting('listen_addresses')"));
    }

    [Fact]
    public async Task The_pid_file_of_a_crash_that_names_a_living_stranger_harms_neither()
    {
        await (await StartAsync()).DisposeAsync();
        var stale = $"{Environment.ProcessId}\n{Home}/server/data\n1000000000\n5432\n\n127.0.0.1\n\nready\n";
        await File.WriteAllTextAsync(Path.Combine(Home, "server/data/postmaster.pid"), stale, Ct);

        await using var server = await StartAsync();

        Assert.Equal(1, await AskAsync(server, "SELECT 1"));
    }

    [Fact]
    public async Task A_half_made_data_folder_is_made_again()
    {
        await (await StartAsync()).DisposeAsync();
        Directory.Move(Path.Combine(Home, "server/data"), Path.Combine(Home, "server/data.new"));

        await using var server = await StartAsync();

        Assert.Equal(1, await AskAsync(server, "SELECT 1"));
    }

    [Fact]
    public async Task Root_keeps_the_data_elsewhere_when_the_servers_user_may_not_look_into_the_folder()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root changes users");
        File.SetUnixFileMode(_folder.FullName, (UnixFileMode)0b111_000_000);
        string data;
        await using (var server = await StartAsync())
        {
            data = (string)(await AskAsync(server, "SELECT current_setting('data_directory')"))!;
            Assert.StartsWith("/var/lib/bpc/", data, StringComparison.Ordinal);
            Assert.Contains(_said, line => line.Contains("may not look", StringComparison.Ordinal));
            Assert.Equal(server.Settings, EmbeddedPostgres.Running(_folder.FullName));
        }

        Directory.Delete(Path.GetFullPath(Path.Combine(data, "../..")), recursive: true);
    }

    private async Task<EmbeddedPostgres> StartAsync()
    {
        try
        {
            return await EmbeddedPostgres.StartAsync(_folder.FullName, _said.Add, ["fsync=off"], Ct);
        }
        catch (BpcException e) when (e.Message.StartsWith("No PostgreSQL ", StringComparison.Ordinal))
        {
            Assert.Skip(e.Message); // a machine whose only one is a container's
            throw;
        }
    }

    private static Task<object?> AskAsync(EmbeddedPostgres server, string sql) => AskAsync(server.Settings, sql);

    private static async Task<object?> AskAsync(DatabaseSettings settings, string sql)
    {
        var postgres = (settings with { Name = "postgres" }).ToConnectionString() + ";Pooling=false";
        await using var connection = new NpgsqlConnection(postgres);
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Ct);
    }

    private static void OpenToPassers(string folder) => File.SetUnixFileMode(folder, (UnixFileMode)0b111_001_001);
}
