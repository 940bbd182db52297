using Spectre.Console;
using Spectre.Console.Rendering;

namespace Bpc.Cli;

/// <summary>
/// A column of a listing. <paramref name="Rank"/> 0 always stays; of the others the highest goes first where the
/// terminal is too narrow.
/// </summary>
internal sealed record Column<T>(string Name, Func<T, string?> Cell, int Rank = 0);

/// <summary>
/// Rows as JSON lines for scripts or as a table for people. No cell is broken over lines, so that an id can be copied
/// whole: columns are left out instead.
/// </summary>
internal static class Listing
{
    public static void WriteList<T>(
        this Terminal terminal, bool json, string none, IReadOnlyList<T> rows, params Column<T>[] columns)
    {
        if (json)
        {
            foreach (var row in rows)
            {
                terminal.WriteJson(row);
            }

            return;
        }

        if (rows.Count == 0)
        {
            terminal.Say(none); // not on standard output: there, nothing is nothing
            return;
        }

        var shown = columns.ToList();
        var table = Table(rows, shown);
        while (Width(terminal, table) > terminal.Out.Profile.Width && shown.MaxBy(c => c.Rank) is { Rank: > 0 } least)
        {
            shown.Remove(least);
            table = Table(rows, shown);
        }

        // What still does not fit the terminal itself wraps, which leaves no line breaks in a copy.
        terminal.Out.Profile.Width = Math.Max(terminal.Out.Profile.Width, Width(terminal, table));
        terminal.Out.Write(table);
    }

    private static Table Table<T>(IReadOnlyList<T> rows, List<Column<T>> columns)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in columns)
        {
            table.AddColumn(column.Name, c => c.NoWrap().PadLeft(0));
        }

        foreach (var row in rows)
        {
            table.AddRow(columns.Select(c => new Text(c.Cell(row) ?? "")));
        }

        return table;
    }

    private static int Width(Terminal terminal, IRenderable table) =>
        table.Measure(RenderOptions.Create(terminal.Out), int.MaxValue).Max;
}
