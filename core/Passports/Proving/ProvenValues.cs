using Bpc.Core.Canonical;

namespace Bpc.Core.Passports.Proving;

/// <summary>
/// Compares what the sections show with what the proof derives: the same values and outcomes, none more and none less.
/// </summary>
internal static class ProvenValues
{
    /// <summary>The first value that is not its field's result, or null.</summary>
    public static string? Mismatch(
        IEnumerable<JsonValue.Record> sections, IReadOnlyDictionary<string, JsonValue> results)
    {
        var shown = new HashSet<string>(StringComparer.Ordinal);
        return sections.Select(section => Fields((JsonValue.Record)section["fields"]!, "", results, shown))
                .FirstOrDefault(mismatch => mismatch is not null)
            ?? results.Keys.Where(path => !shown.Contains(path)).Order(StringComparer.Ordinal)
                .Select(path => $"field {path} is in the proof, but in no section").FirstOrDefault();
    }

    /// <summary>The first compliance line that is not the proof's, or null.</summary>
    public static string? Mismatch(IEnumerable<JsonValue.Record> sections, IReadOnlyDictionary<string, string> outcomes)
    {
        var shown = new HashSet<string>(StringComparer.Ordinal);
        var lines = sections.SelectMany(section => ((JsonValue.List)section["compliance"]!).Items);
        foreach (var line in lines.Cast<JsonValue.Record>())
        {
            var (check, outcome) = (((JsonValue.Text)line["check"]!).Value, ((JsonValue.Text)line["outcome"]!).Value);
            if (!outcomes.TryGetValue(check, out var proven) || proven != outcome || !shown.Add(check))
            {
                return $"check {check} is {outcome} in a section and {proven ?? "absent"} in the proof";
            }
        }

        return outcomes.Keys.Where(check => !shown.Contains(check)).Order(StringComparer.Ordinal)
            .Select(check => $"check {check} is in the proof, but in no section").FirstOrDefault();
    }

    private static string? Fields(
        JsonValue.Record members, string prefix, IReadOnlyDictionary<string, JsonValue> results, HashSet<string> shown)
    {
        foreach (var (name, value) in members.Members.OrderBy(m => m.Key, StringComparer.Ordinal))
        {
            var path = prefix + name;
            var mismatch = name.Contains('.') ? $"member '{path}' is not nested by its dots"
                : results.TryGetValue(path, out var proven) ? Value(path, value, proven, shown)
                : value is JsonValue.Record { Members.Count: > 0 } branch ? Fields(branch, $"{path}.", results, shown)
                : $"field {path} is in a section, but not in the proof";
            if (mismatch is not null)
            {
                return mismatch;
            }
        }

        return null;
    }

    private static string? Value(string path, JsonValue value, JsonValue proven, HashSet<string> shown)
    {
        if (!shown.Add(path))
        {
            return $"field {path} is in two sections";
        }

        return JsonDifference.First(value, proven) is { } difference
            ? $"field {path} is {difference.Left} in its section and {difference.Right} in the proof"
            : null;
    }
}
