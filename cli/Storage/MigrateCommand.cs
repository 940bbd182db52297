using System.CommandLine;
using Bpc.Grains.Storage;

namespace Bpc.Cli.Storage;

/// <summary><c>bpc migrate</c></summary>
internal static class MigrateCommand
{
    public static Command Create()
    {
        var command = new Verb(
            "migrate",
            "Brings the database up to this build's schema: each file of sql/ once, safely from many processes.",
            "BPC_DB_HOST=localhost BPC_DB_USER=bpc BPC_DB_PASSWORD=bpc ./bpc migrate");
        command.SetAction((parse, ct) => RunAsync(Terminal.Of(parse), ct));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, CancellationToken ct)
    {
        await using var database = await OperatorDatabase.OpenAsync(terminal.Say, ct);
        var applied = await Migrator.ApplyAsync(database.ConnectionString, terminal.Line, ct);
        terminal.Line(applied.Count == 0 ? "The schema is up to date" : $"{applied.Count} migrations applied");
        return ExitCode.Done;
    }
}
