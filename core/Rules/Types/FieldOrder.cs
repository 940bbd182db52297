using Bpc.Core.Rules.Syntax;

namespace Bpc.Core.Rules.Types;

/// <summary>The order fields are derived in: what a field reads comes before it, and ties go by path (Kahn).</summary>
internal static class FieldOrder
{
    // Of a longer cycle the first members say enough.
    private const int MaxNamed = 50;

    /// <summary>
    /// All paths. Each cycle is reported once, with its members in the order they read each other; past as many errors
    /// as are kept there is no order to find.
    /// </summary>
    public static IReadOnlyList<string> Sort(
        Symbols symbols, IReadOnlyDictionary<string, IReadOnlySet<string>> reads, Diagnostics diagnostics)
    {
        var waiting = reads.ToDictionary(r => r.Key, r => r.Value.Count(reads.ContainsKey), StringComparer.Ordinal);
        var readers = reads.SelectMany(r => r.Value, (r, read) => (read, r.Key)).ToLookup(
            r => r.read, r => r.Key, StringComparer.Ordinal);
        var ready = new SortedSet<string>(waiting.Where(w => w.Value == 0).Select(w => w.Key), StringComparer.Ordinal);
        var order = new List<string>(reads.Count);
        while (order.Count < reads.Count)
        {
            if (ready.Count == 0)
            {
                if (diagnostics.IsFull)
                {
                    return [.. order, .. waiting.Keys];
                }

                var cycle = Cycle(waiting, reads);
                diagnostics.Add(BpcError.RuleCycle, symbols.Fields[cycle[0]].At,
                    $"these fields read each other: {Named(cycle)}",
                    "derive one of them from facts alone");
                ready.Add(cycle[0]);
            }

            var next = ready.Min!;
            ready.Remove(next);
            if (!waiting.Remove(next))
            {
                continue;
            }

            order.Add(next);
            foreach (var reader in readers[next].Where(waiting.ContainsKey))
            {
                if (--waiting[reader] == 0)
                {
                    ready.Add(reader);
                }
            }
        }

        return order;
    }

    // Everything that waits reads something that waits, so following the first such read runs into a cycle.
    private static List<string> Cycle(
        Dictionary<string, int> waiting, IReadOnlyDictionary<string, IReadOnlySet<string>> reads)
    {
        var path = new List<string>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        var next = waiting.Keys.Min(StringComparer.Ordinal)!;
        while (places.TryAdd(next, path.Count))
        {
            path.Add(next);
            next = reads[next].Where(waiting.ContainsKey).Min(StringComparer.Ordinal)!;
        }

        return path[places[next]..];
    }

    private static string Named(List<string> cycle) => string.Join(" → ", cycle.Count <= MaxNamed
        ? [.. cycle, cycle[0]] : [.. cycle[..MaxNamed], $"… {cycle.Count - MaxNamed} more …", cycle[0]]);
}
