using System.Diagnostics;
using Bpc.Core;
using Bpc.Core.Settings;

namespace Bpc.Silo.Postgres;

/// <summary>
/// A real PostgreSQL of our own under a folder, on loopback, behind a random password. It keeps its data between starts
/// and stops with us, even when we are killed.
/// </summary>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    private const string User = "bpc";
    private readonly FileStream _lock;
    private readonly Process _watchdog;

    private EmbeddedPostgres(PostgresHome home, int port, FileStream held, Process watchdog)
    {
        Settings = SettingsOf(home, port);
        PsqlLine = $"PGPASSWORD=$(cat '{home.PasswordFile}') "
            + $"psql -h {Settings.Host} -p {port} -U {Settings.User} {Settings.Name}";
        _lock = held;
        _watchdog = watchdog;
    }

    /// <summary>How to reach it; the database <c>bpc</c> is made by the first migration.</summary>
    public DatabaseSettings Settings { get; }

    /// <summary>Opens psql on it, in a shell; the password stays in its file.</summary>
    public string PsqlLine { get; }

    public string ConnectionString => Settings.ToConnectionString();

    public static Task<EmbeddedPostgres> StartAsync(string directory, Action<string> say, CancellationToken ct) =>
        StartAsync(directory, say, options: [], ct);

    /// <param name="directory">The folder for what this machine keeps, such as <c>.bpc</c>.</param>
    /// <param name="say">Is told where the server is, one line at a time.</param>
    /// <param name="options">Server settings such as <c>fsync=off</c>, over the defaults.</param>
    public static async Task<EmbeddedPostgres> StartAsync(
        string directory, Action<string> say, IReadOnlyList<string> options, CancellationToken ct)
    {
        try
        {
            var user = await ServerUser.ChooseAsync(ct);
            var home = await PostgresHome.ChooseAsync(directory, user, say, ct);
            var held = home.TryLock() ?? throw Unusable($"Another bpc runs the database in {home.Folder}: "
                + "stop it first, or set BPC_DB_HOST to use a database of your own.");
            return await StartAsync(home, user, held, say, options, ct);
        }
        catch (UnauthorizedAccessException e)
        {
            throw Unusable($"The private database cannot be kept in {directory}: {e.Message}");
        }
    }

    /// <summary>The server of this folder while another process of ours runs it; null where none does.</summary>
    public static DatabaseSettings? Running(string directory) => PostgresHome.Candidates(directory)
        .Select(home => (Home: home, Server: PostmasterFile.Read(home.Data)))
        .Where(found => found.Server is not null && found.Server.IsAlive())
        .Select(found => SettingsOf(found.Home, found.Server!.Port))
        .FirstOrDefault();

    /// <summary>Stops the server cleanly: sessions are ended, the data is on disk.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(_watchdog);
        await _lock.DisposeAsync();
    }

    internal static BpcException Unusable(string message) => new(BpcError.ConfigMissing, message);

    private static async Task<EmbeddedPostgres> StartAsync(
        PostgresHome home, ServerUser user, FileStream held, Action<string> say, IReadOnlyList<string> options,
        CancellationToken ct)
    {
        Process? watchdog = null;
        try
        {
            var programs = PostgresPrograms.Find(home.DataVersion());
            var cluster = new PostgresCluster(home, user, programs);
            await cluster.MakeAsync(User, say, ct);
            await cluster.StopLeftBehindAsync(ct);
            watchdog = cluster.Watch();   // first, so that nothing we start can outlive us
            var port = await cluster.StartAsync(options, ct);
            say($"PostgreSQL {programs.Version} on 127.0.0.1:{port}, data in {home.Data}");
            return new(home, port, held, watchdog);
        }
        catch
        {
            if (watchdog is not null)
            {
                await StopAsync(watchdog);
            }

            await held.DisposeAsync();
            throw;
        }
    }

    private static async Task StopAsync(Process watchdog)
    {
        watchdog.StandardInput.Close();
        await watchdog.WaitForExitAsync();
        watchdog.Dispose();
    }

    private static DatabaseSettings SettingsOf(PostgresHome home, int port) =>
        new("127.0.0.1", port, User, home.Password() ?? "", "bpc", SslMode: "Disable");
}
