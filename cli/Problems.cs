using Bpc.Core;
using Bpc.Grains.Storage;
using Npgsql;
using Spectre.Console;

namespace Bpc.Cli;

/// <summary>Tells what went wrong, one clear line a problem, and chooses the exit code.</summary>
internal static class Problems
{
    public static int Show(Terminal terminal, Exception problem)
    {
        switch (problem)
        {
            case BpcException { Violations: [] } e:
                Line(terminal, $"{e.Code.Name}: {e.Message}");
                break;
            case BpcException e:
                foreach (var violation in e.Violations) // all at once; whoever found them stopped at a hundred or two
                {
                    var where = violation.Where.Length == 0 ? "" : $"{violation.Where}: ";
                    Line(terminal, $"{violation.Code ?? e.Code.Name}: {where}{violation.Message}");
                }

                break;
            case NpgsqlException e when DatabaseErrors.IsTransient(e):
                Line(terminal, $"{BpcError.DbUnavailable.Name}: {e.Message}");
                break;
            case PostgresException e:
                // It answers, and coming again would not help. MessageText is the sentence without its detail.
                var migrate = e.SqlState == PostgresErrorCodes.UndefinedTable ? "; ./bpc migrate makes the tables" : "";
                Line(terminal, $"PostgreSQL refuses ({e.SqlState}): {e.MessageText}{migrate}");
                break;
            default:
                Line(terminal, problem.Message);
                break;
        }

        return problem is BpcException { Code: var code } && code == BpcError.ConfigMissing
            ? ExitCode.Configuration : ExitCode.Failed;
    }

    /// <summary>
    /// Whether an exception is a message for the person at the terminal, not a bug with a stack trace.
    /// </summary>
    public static bool IsExpected(Exception problem) =>
        problem is BpcException or NpgsqlException or IOException
            or UnauthorizedAccessException or HttpRequestException;

    private static void Line(Terminal terminal, string text) =>
        terminal.Error.MarkupLine($"[red]{Markup.Escape(text)}[/]");
}
