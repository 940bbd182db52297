using System.ComponentModel;
using System.Diagnostics;

namespace Bpc.Tests.Passports;

/// <summary>What an outside program answered.</summary>
internal sealed record ToolResult(int ExitCode, string Output, string Errors);

/// <summary>
/// Runs an outside program (openssl, zbarimg, node, chromium) as a second opinion; skips the test where it is not installed.
/// </summary>
internal static class Tool
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    public static Task<ToolResult> RunAsync(string program, params string[] arguments) =>
        RunAsync(new ProcessStartInfo(program, arguments));

    public static async Task<ToolResult> RunAsync(ProcessStartInfo start, TimeSpan? patience = null)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        using var process = Start(start);
        using var deadline = new CancellationTokenSource(patience ?? s_patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return new(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{start.FileName} did not end in {patience ?? s_patience}");
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            Assert.Skip($"{start.FileName} is not installed");
            throw;
        }
    }
}
