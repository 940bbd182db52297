using Bpc.Cli;

namespace Bpc.Tests.Cli;

/// <summary>What a command answered.</summary>
internal sealed record Answer(int ExitCode, string Output, string Error);

/// <summary>Runs the command line in this process.</summary>
internal static class Bpc
{
    public static async Task<Answer> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandLine.RunAsync(args, output, error);
        return new(code, output.ToString(), error.ToString());
    }
}
