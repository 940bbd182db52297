using System.Text.Json;
using Bpc.Core.Facts;

namespace Bpc.Cli.Demo;

/// <summary>A file of the demo's directory and what it was taken for.</summary>
/// <param name="Kind">BOM, PCF, DUE_DILIGENCE, ITEMS or OTHER; null where it is none of them.</param>
/// <param name="Reason">Why, for the person who named the directory.</param>
internal sealed record InputDocument(FileInfo File, string? Kind, string Reason)
{
    private static readonly (string Start, string Kind)[] s_names =
    [
        ("bom", DocumentKinds.Bom), ("pcf", DocumentKinds.Pcf), ("due", DocumentKinds.DueDiligence),
        ("items", DocumentKinds.Items),
    ];

    private static readonly (string Member, string Kind)[] s_members =
    [
        ("battery", DocumentKinds.Bom), ("components", DocumentKinds.Bom), ("total_gco2e", DocumentKinds.Pcf),
        ("report_url", DocumentKinds.DueDiligence), ("schemes", DocumentKinds.DueDiligence),
        ("items", DocumentKinds.Items), ("serial_number", DocumentKinds.Items), ("facts", DocumentKinds.Other),
    ];

    private static readonly (string Column, string Kind)[] s_columns =
        [("serial_number", DocumentKinds.Items), ("part_number", DocumentKinds.Bom)];

    public string MimeType => IsCsv ? "text/csv" : "application/json";

    private bool IsCsv => File.Extension.Equals(".csv", StringComparison.OrdinalIgnoreCase);

    /// <summary>Every file of the directory, in order of name; hidden files are nobody's documents.</summary>
    public static IReadOnlyList<InputDocument> In(DirectoryInfo directory) =>
        [.. directory.EnumerateFiles()
            .Where(f => !f.Name.StartsWith('.'))
            .OrderBy(f => f.Name, StringComparer.Ordinal)
            .Select(Recognise)];

    private static InputDocument Recognise(FileInfo file)
    {
        var extension = file.Extension.ToLowerInvariant();
        if (extension is not (".json" or ".csv"))
        {
            return new(file, null, "neither .json nor .csv");
        }

        var byName = s_names.FirstOrDefault(n => file.Name.StartsWith(n.Start, StringComparison.OrdinalIgnoreCase));
        return byName.Kind is not null ? new(file, byName.Kind, "by its name")
            : extension == ".csv" ? ByHeader(file)
            : ByMembers(file);
    }

    private static InputDocument ByHeader(FileInfo file)
    {
        using var reader = file.OpenText();
        var columns = (reader.ReadLine() ?? "").Split(',', StringSplitOptions.TrimEntries);
        var found = s_columns.FirstOrDefault(c => columns.Contains(c.Column, StringComparer.OrdinalIgnoreCase));
        return found.Kind is null
            ? new(file, null, $"its header has none of {string.Join(", ", s_columns.Select(c => c.Column))}")
            : new(file, found.Kind, $"by its column {found.Column}");
    }

    private static InputDocument ByMembers(FileInfo file)
    {
        try
        {
            using var stream = file.OpenRead();
            using var json = JsonDocument.Parse(stream);
            var root = json.RootElement is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() > 0
                ? list[0] : json.RootElement;
            var found = s_members.FirstOrDefault(
                m => root.ValueKind == JsonValueKind.Object && root.TryGetProperty(m.Member, out _));
            return found.Kind is null
                ? new(file, null, $"it has none of {string.Join(", ", s_members.Select(m => m.Member))}")
                : new(file, found.Kind, $"by its member {found.Member}");
        }
        catch (JsonException e)
        {
            return new(file, null, $"not JSON: {e.Message}");
        }
    }
}
