using System.Diagnostics;

namespace Bpc.Tests.EndToEnd;

/// <summary>A program that ran to its end.</summary>
internal sealed record ChildProcess(int ExitCode, string Output, string Error)
{
    /// <summary>The folder this build's programs are under, such as <c>bin/Debug/net10.0</c>.</summary>
    public static string BuildFolder { get; } =
        Path.GetRelativePath(Path.Combine(Repository.Root, "tests"), AppContext.BaseDirectory);

    /// <summary>The command line's own program.</summary>
    public static string Bpc { get; } = Path.Combine(Repository.Root, "cli", BuildFolder, "bpc");

    public static string Configuration => BuildFolder.Split(Path.DirectorySeparatorChar)[1];

    /// <summary>
    /// A program whose only settings are these: none of the shell's, and a home that is not the developer's.
    /// </summary>
    public static ProcessStartInfo Describe(
        string program, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>> variables)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(n => n.StartsWith("BPC_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["BPC_HOME"] = Path.Combine(AppContext.BaseDirectory, "home");
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    public static async Task<ChildProcess> RunAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> variables,
        CancellationToken ct)
    {
        using var process = Process.Start(Describe(program, arguments, variables))!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(ct);
            var error = process.StandardError.ReadToEndAsync(ct);
            await process.WaitForExitAsync(ct);
            return new(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
