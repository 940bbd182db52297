using System.Diagnostics;

namespace Bpc.Cli.Testing;

/// <summary>Runs a program with this terminal as its own.</summary>
internal static class ChildProcess
{
    /// <summary>
    /// Its exit code. Ctrl-C reaches it by itself (one process group); a cancelled wait ends it with all it started.
    /// </summary>
    public static async Task<int> RunAsync(string program, IEnumerable<string> arguments, CancellationToken ct)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments))!;
        try
        {
            await process.WaitForExitAsync(ct);
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
