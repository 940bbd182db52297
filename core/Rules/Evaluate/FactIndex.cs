using Bpc.Core.Facts;
using Bpc.Core.Rules.Types;

namespace Bpc.Core.Rules.Evaluate;

/// <summary>The facts of a snapshot by type and key, whatever order they came in; each is read once.</summary>
internal sealed class FactIndex
{
    private static readonly List<Fact> s_none = [];

    private readonly Dictionary<string, List<Fact>> _byType = new(StringComparer.Ordinal);
    private readonly Dictionary<Fact, RecordValue> _read = new(ReferenceEqualityComparer.Instance);

    public FactIndex(IReadOnlyList<Fact> facts)
    {
        foreach (var fact in facts)
        {
            if (!_byType.TryGetValue(fact.FactType, out var ofType))
            {
                _byType.Add(fact.FactType, ofType = []);
            }

            ofType.Add(fact);
        }

        foreach (var ofType in _byType.Values)
        {
            ofType.Sort((a, b) => string.CompareOrdinal(a.FactKey, b.FactKey));
        }
    }

    public Fact? Find(string factType, string factKey)
    {
        var ofType = _byType.GetValueOrDefault(factType, s_none);
        var at = FirstNotBefore(ofType, factKey);
        return at < ofType.Count && ofType[at].FactKey == factKey ? ofType[at] : null;
    }

    /// <summary>In ordinal order of their keys.</summary>
    public IReadOnlyList<Fact> WithPrefix(string factType, string prefix)
    {
        var ofType = _byType.GetValueOrDefault(factType, s_none);
        var from = FirstNotBefore(ofType, prefix);
        var to = from;
        while (to < ofType.Count && ofType[to].FactKey.StartsWith(prefix, StringComparison.Ordinal))
        {
            to++;
        }

        return ofType.GetRange(from, to - from);
    }

    public RecordValue Read(Fact fact, RuleType.Record shape)
    {
        if (!_read.TryGetValue(fact, out var record))
        {
            _read.Add(fact, record = FactReader.Read(fact, shape));
        }

        return record;
    }

    private static int FirstNotBefore(List<Fact> sorted, string key)
    {
        var (low, high) = (0, sorted.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = string.CompareOrdinal(sorted[middle].FactKey, key) < 0 ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
