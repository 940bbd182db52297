using System.Diagnostics;
using System.Globalization;

namespace Bpc.Silo.Postgres;

/// <summary>
/// postmaster.pid, which a running server keeps in its data folder: its process, the folder, when it started, its
/// port …
/// </summary>
internal sealed record PostmasterFile(string Path, int ProcessId, DateTimeOffset Started, int Port)
{
    public static PostmasterFile? Read(string data)
    {
        var path = System.IO.Path.Combine(data, "postmaster.pid");
        var lines = File.Exists(path) ? File.ReadAllLines(path) : [];
        return lines.Length < 4 ? null : new(path, Number(lines[0]),
            DateTimeOffset.FromUnixTimeSeconds(Number(lines[2])), Number(lines[3]));
    }

    /// <summary>
    /// Whether that very server lives. After a crash of the machine the number may be another process's by now, which
    /// pg_ctl would take for the server and kill: so its name and its start are compared too.
    /// </summary>
    public bool IsAlive()
    {
        try
        {
            using var process = Process.GetProcessById(ProcessId);
            return process.ProcessName == "postgres"
                && (process.StartTime.ToUniversalTime() - Started.UtcDateTime).Duration() < TimeSpan.FromSeconds(10);
        }
        catch (ArgumentException)
        {
            return false;   // no such process
        }
    }

    private static int Number(string line) => int.Parse(line, CultureInfo.InvariantCulture);
}
