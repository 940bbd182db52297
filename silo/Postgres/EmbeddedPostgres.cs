using System.Diagnostics;
using Bpc.Core;
using Bpc.Core.Settings;

namespace Bpc.Silo.Postgres;

/// <summary>
/// A real PostgreSQL of our own under a folder, on loopback, behind a random password. It keeps its data between starts and stops
/// with us, even when we are killed.
/// </summary>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    private const string User = "bpc";
    private readonly FileStream _lock;
    private readonly Process _watchdog;

    private EmbeddedPostgres(DatabaseSettings settings, FileStream held, Process watchdog)
    {
        Settings = settings;
        _lock = held;
        _watchdog = watchdog;
    }

    /// <summary>How to reach it; the database <c>bpc</c> is made by the first migration.</summary>
    public DatabaseSettings Settings { get; }

    public string ConnectionString => Settings.ToConnectionString();

    public static Task<EmbeddedPostgres> StartAsync(string directory, Action<string> say, CancellationToken ct) =>
        StartAsync(directory, say, options: [], ct);

    /// <param name="directory">The folder for what this machine keeps, such as <c>.bpc</c>.</param>
    /// <param name="say">Is told where the server is, one line at a time.</param>
    /// <param name="options">Server settings such as <c>fsync=off</c>, over the defaults.</param>
    public static async Task<EmbeddedPostgres> StartAsync(
        string directory, Action<string> say, IReadOnlyList<string> options, CancellationToken ct)
    {
        var user = await ServerUser.ChooseAsync(ct);
        var home = await PostgresHome.ChooseAsync(directory, user, say, ct);
        var held = home.TryLock() ?? throw Unusable(
            $"Another bpc runs the database in {home.Folder}: stop it first, or set BPC_DB_HOST to use a database of your own.");
        try
        {
            var programs = PostgresPrograms.Find(home.DataVersion());
            var cluster = new PostgresCluster(home, user, programs);
            await cluster.MakeAsync(User, say, ct);
            var port = await cluster.StartAsync(options, ct);
            say($"PostgreSQL {programs.Version} on 127.0.0.1:{port}, data in {home.Data}");
            return new(SettingsOf(home, port), held, cluster.StopWithUs());
        }
        catch
        {
            await held.DisposeAsync();
            throw;
        }
    }

    /// <summary>The server of this folder where another process runs it now; null where none does.</summary>
    public static DatabaseSettings? Running(string directory)
    {
        foreach (var home in PostgresHome.Candidates(directory).Where(home => home.DataVersion() is not null))
        {
            using var held = home.TryLock();
            if (held is null && home.LastPort() is { } port)
            {
                return SettingsOf(home, port);
            }
        }

        return null;
    }

    /// <summary>Stops the server cleanly: sessions are ended, the data is on disk.</summary>
    public async ValueTask DisposeAsync()
    {
        _watchdog.StandardInput.Close();
        await _watchdog.WaitForExitAsync();
        _watchdog.Dispose();
        await _lock.DisposeAsync();
    }

    internal static BpcException Unusable(string message) => new(BpcError.ConfigMissing, message);

    private static DatabaseSettings SettingsOf(PostgresHome home, int port) =>
        new("127.0.0.1", port, User, home.Password() ?? "", "bpc", SslMode: "Disable");
}
