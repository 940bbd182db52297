namespace Bpc.Core.Rules.Types;

/// <summary>What an author may have meant by a name that is not there.</summary>
internal static class Spelling
{
    /// <summary>The nearest name within a third of its letters, ties ordinal; or null.</summary>
    public static string? Nearest(string written, IEnumerable<string> names) => names
        .Select(name => (name, Distance: Distance(written, name)))
        .Where(n => n.Distance <= Math.Max(1, n.name.Length / 3))
        .OrderBy(n => n.Distance).ThenBy(n => n.name, StringComparer.Ordinal)
        .Select(n => n.name).FirstOrDefault();

    private static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > 8)
        {
            return int.MaxValue;
        }

        var previous = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var current = new int[b.Length + 1];
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(replaced, Math.Min(previous[j], current[j - 1]) + 1);
            }

            previous = current;
        }

        return previous[b.Length];
    }
}
