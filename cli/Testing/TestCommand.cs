using System.CommandLine;
using Bpc.Core;
using Bpc.Hosting;

namespace Bpc.Cli.Testing;

/// <summary><c>bpc test</c></summary>
internal static class TestCommand
{
    private const string ReportName = "report.json";

    public static Command Create()
    {
        var suite = new Argument<string?>("SUITE")
        {
            Description = "unit or integration; both by default.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        suite.AcceptOnlyFromAmong("unit", "integration");
        var pattern = new Option<string?>("--pattern")
        {
            Description = "Only tests whose namespace, class or method contains this.",
        };
        var coverage = new Option<bool>("--coverage")
        {
            Description = "Also measure which lines ran (Cobertura, under .bpc/tests).",
        };
        var command = new Verb(
            "test",
            "Runs the tests, against a PostgreSQL of their own unless BPC_DB_* names one.",
            "./bpc test",
            "./bpc test unit",
            "./bpc test integration --pattern E2E",
            "BPC_DB_HOST=localhost BPC_DB_PORT=55432 BPC_DB_USER=bpc BPC_DB_PASSWORD=bpc ./bpc test integration")
        { suite, pattern, coverage };
        command.SetAction((parse, ct) => RunAsync(
            Terminal.Of(parse), new(parse.GetValue(suite), parse.GetValue(pattern), parse.GetValue(coverage)), ct));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, TestSelection selection, CancellationToken ct)
    {
        var home = BpcHome.Find();
        var configuration = Directory.GetParent(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar))!.Name;
        await BuildAsync(terminal, home, configuration, ct);

        var report = home.File("tests", ReportName);
        File.Delete(report);
        var program = home.Shipped(Path.Combine("tests", "bin", configuration, "net10.0", "Bpc.Tests"));
        var code = await ChildProcess.RunAsync(
            program, selection.Arguments(Path.GetDirectoryName(report)!, ReportName), ct);
        if (!File.Exists(report))
        {
            throw new BpcException(
                BpcError.Internal, $"the tests ended with exit code {code} before they wrote {report}");
        }

        return Show(terminal, TestReport.Read(report), selection);
    }

    private static int Show(Terminal terminal, TestReport report, TestSelection selection)
    {
        foreach (var line in report.QuickstartLines)
        {
            terminal.Line(line);
        }

        if (report.Tests.Count == 0)
        {
            terminal.Say($"no test matches {selection.Pattern}");
        }

        terminal.Line(report.Summary);
        return report is { Failed: 0, Tests.Count: > 0 } ? ExitCode.Done : ExitCode.Failed;
    }

    private static async Task BuildAsync(Terminal terminal, BpcHome home, string configuration, CancellationToken ct)
    {
        terminal.Say($"Building the tests ({configuration})");
        var code = await ChildProcess.RunAsync(
            "dotnet",
            ["build", home.Shipped("tests"), "-c", configuration, "-v", "q", "-nologo", "-clp:NoSummary"],
            ct);
        if (code != 0)
        {
            throw new BpcException(BpcError.Internal, "the tests do not build");
        }
    }
}
