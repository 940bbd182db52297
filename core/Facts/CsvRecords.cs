using System.Text.Unicode;
using Bpc.Core.Canonical;
using CsvHelper;

namespace Bpc.Core.Facts;

/// <summary>
/// Reads a CSV document (RFC 4180, commas, a header line) against the shape of its rows, collecting every violation.
/// </summary>
internal sealed class CsvRecords(Violations violations, Shape.Members shape)
{
    private const int MaxRows = 10_000;
    private const int MaxColumns = 200;

    /// <summary>
    /// The rows as objects, each with its line: column names are members, an empty cell is an absent one.
    /// </summary>
    public IReadOnlyList<(JsonValue.Record Row, string Where)> Read(ReadOnlyMemory<byte> content)
    {
        if (!Utf8.IsValid(content.Span))
        {
            violations.Add("", "is not UTF-8");
            return [];
        }

        // A byte order mark is skipped here, unlike in JSON: spreadsheets write one, and nobody can see it.
        using var csv = CsvReader.Create(content, new CsvReaderOptions
        {
            Separator = ',',
            HasHeader = false, // The header is read as a record, so that a repeated column is seen.
            TrimWhitespace = false,
            TrackLineNumbers = true,
            OnMalformedRecord = record => violations.Add($"line {record.LineNumber}", Problem(record.Reason)),
        });
        if (!csv.Read())
        {
            violations.Add("", $"is empty; write a header line with the columns {string.Join(", ", shape.Required)}");
            return [];
        }

        var columns = csv.Current.ToArray();
        return Header(columns) ? Rows(csv, columns) : [];
    }

    private List<(JsonValue.Record, string)> Rows(CsvReader csv, string[] columns)
    {
        var rows = new List<(JsonValue.Record, string)>();
        while (csv.Read() && !violations.Full)
        {
            if (rows.Count == MaxRows)
            {
                violations.Add($"line {csv.LineNumber}", $"more than {MaxRows} rows; split the document");
                break;
            }

            rows.Add((Row(csv.Current.ToArray(), columns, csv.LineNumber), $"line {csv.LineNumber}"));
        }

        return rows;
    }

    private bool Header(string[] columns)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var problems = columns.Index().Where(c => c.Item.Length == 0 || !found.Add(c.Item)).ToList();
        foreach (var (index, name) in problems)
        {
            violations.Add($"line 1, column {index + 1}",
                name.Length == 0 ? "has no name" : $"{Quoted.Text(name)} stands here twice");
        }

        foreach (var missing in shape.Required.Except(columns))
        {
            violations.Add("line 1", $"the column {missing} is missing");
        }

        if (columns.Length > MaxColumns)
        {
            violations.Add("line 1", $"{columns.Length} columns; at most {MaxColumns} are allowed");
        }

        return !violations.Any;
    }

    private JsonValue.Record Row(string[] cells, string[] columns, long line)
    {
        if (cells.Length != columns.Length)
        {
            violations.Add($"line {line}", $"has {cells.Length} cells; the header has {columns.Length}");
            return JsonValue.Object();
        }

        var members = new Dictionary<string, JsonValue>(StringComparer.Ordinal);
        for (var i = 0; i < cells.Length; i++)
        {
            if (cells[i].Length == 0 && !shape.Required.Contains(columns[i]))
            {
                continue;
            }

            var column = shape.Named.GetValueOrDefault(columns[i], Shape.Anything.Value);
            var (value, problem) = Scalar.Read(cells[i], column);
            members[columns[i]] = value ?? JsonValue.Null.Value;
            if (problem is not null)
            {
                violations.Add($"line {line}, column {i + 1}", $"{columns[i]}: {problem}");
            }
        }

        return new(members);
    }

    private static string Problem(CsvMalformedReason reason) => reason switch
    {
        CsvMalformedReason.StrayQuote =>
            "a quote inside a cell that is not quoted; quote the cell and write the quote twice",
        CsvMalformedReason.TextAfterClosingQuote =>
            "text follows the closing quote of a cell; write a quote inside a cell twice",
        CsvMalformedReason.UnterminatedQuote => "a quoted cell is never closed",
        _ => $"malformed: {reason}",
    };
}
