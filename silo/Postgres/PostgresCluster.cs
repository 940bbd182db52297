using System.Diagnostics;
using System.Net;
using Bpc.Hosting;

namespace Bpc.Silo.Postgres;

/// <summary>PostgreSQL's own programs on one data folder: make it, start it, have it stopped.</summary>
internal sealed class PostgresCluster(PostgresHome home, ServerUser user, PostgresPrograms programs)
{
    // Three silos of the default pool size, a gateway, and room for psql.
    private static readonly string[] s_defaults =
        ["max_connections=300", "listen_addresses=127.0.0.1", "unix_socket_directories="];

    /// <summary>
    /// Makes the data folder where there is none: under another name first, so that a half-made one is never taken
    /// for real.
    /// </summary>
    public async Task MakeAsync(string superuser, Action<string> say, CancellationToken ct)
    {
        if (home.DataVersion() is not null)
        {
            return;
        }

        say($"Making a database in {home.Folder}");
        await user.MakePrivateFolderAsync(home.Server, ct);
        var fresh = home.Data + ".new";
        if (Directory.Exists(fresh))
        {
            Directory.Delete(fresh, recursive: true);
        }

        // initdb reads the password as the server's user, who may not read ours.
        var passwordFile = Path.Combine(home.Folder, "password.initdb");
        PostgresHome.WritePrivate(passwordFile, home.MakePassword());
        try
        {
            await user.OwnAsync(passwordFile, ct);
            string[] arguments =
            [
                "-D", fresh, "-U", superuser, "--auth=scram-sha-256", $"--pwfile={passwordFile}",
                "--encoding=UTF8", "--no-locale",
            ];
            var made = await user.RunAsync(programs.PathOf("initdb"), arguments, ct);
            made.OrThrow("initdb");
        }
        finally
        {
            File.Delete(passwordFile);
        }

        Directory.Move(fresh, home.Data);
    }

    /// <summary>We hold the lock: a server that still runs here, or its pid file, was left behind by a crash.</summary>
    public async Task StopLeftBehindAsync(CancellationToken ct)
    {
        var left = PostmasterFile.Read(home.Data);
        if (left is not null && left.IsAlive())
        {
            (await ControlAsync(["stop", "-m", "fast"], ct)).OrThrow("pg_ctl stop");
        }
        else if (left is not null)
        {
            File.Delete(left.Path);
        }
    }

    /// <summary>Starts the server on the port of last time, or on a free one, and returns it.</summary>
    public async Task<int> StartAsync(IReadOnlyList<string> options, CancellationToken ct)
    {
        const int Tries = 3;   // somebody may take the free port before the server does
        for (var attempt = 1; ; attempt++)
        {
            var port = attempt == 1 && home.LastPort() is { } last && FreePort.IsFree(IPAddress.Loopback, last)
                ? last : FreePort.On(IPAddress.Loopback);
            string[] settings = [.. s_defaults, .. options, $"port={port}"];
            var server = string.Join(' ', settings.Select(setting => $"-c '{setting}'"));
            var started = await ControlAsync(["start", "-t", "60", "-l", home.Log, "-o", server], ct);
            if (started.ExitCode == 0)
            {
                home.RememberPort(port);
                return port;
            }

            if (attempt == Tries)
            {
                throw EmbeddedPostgres.Unusable($"PostgreSQL did not start; its log is {home.Log}: {LastLogLine()}");
            }
        }
    }

    /// <summary>
    /// A shell that waits for its input to end, then stops the server. Its input is a pipe only we hold: it ends when
    /// we close it, and also when we are killed. It ignores the terminal's Ctrl-C, which is for us: jobs in flight
    /// still need the database.
    /// </summary>
    public Process Watch()
    {
        const string Script = "trap '' INT TERM HUP; read -r _; exec \"$1\" stop -D \"$2\" -m fast -s";
        return user.Start("sh", ["-c", Script, "sh", programs.PathOf("pg_ctl"), home.Data]);
    }

    private Task<ProgramResult> ControlAsync(IEnumerable<string> arguments, CancellationToken ct) =>
        user.RunAsync(programs.PathOf("pg_ctl"), ["-D", home.Data, "-w", .. arguments], ct);

    private string LastLogLine() => File.Exists(home.Log) ? File.ReadLines(home.Log).LastOrDefault() ?? "" : "";
}
