using Bpc.Core.Rules.Types;

namespace Bpc.Core.Rules.Syntax;

/// <summary>Everything wrong with one source, in the order of its lines.</summary>
internal sealed class Diagnostics(SourceText source)
{
    // A source with more errors than this is not a rule package; listing them all helps nobody.
    private const int MaxErrors = 200;

    // A hint compares letters with letters; past this many pairs the authors look for themselves.
    private const long MaxLetterPairs = 100_000_000;

    private readonly List<Entry> _entries = [];
    private long _letterPairs;

    public SourceText Source { get; } = source;

    public bool Any => _entries.Count > 0;

    /// <summary>Where, what is wrong with the line and a caret, and what would be right.</summary>
    public IReadOnlyList<Violation> Violations => [.. _entries.OrderBy(e => e.At.Start).Select(e => new Violation(
        Source.Place(e.At.Start), $"{e.Wrong}\n{Source.Excerpt(e.At)}\n  {e.Right}", e.Code.Name))];

    /// <summary>Whether another error would no longer be kept.</summary>
    public bool IsFull => _entries.Count >= MaxErrors;

    /// <param name="right">What would be right, as a sentence for the author.</param>
    public void Add(BpcError code, Span at, string wrong, string right)
    {
        if (!IsFull && !_entries.Any(e => e.At.Start == at.Start && e.Wrong == wrong))
        {
            _entries.Add(new(code, at, wrong, right));
        }
    }

    /// <summary>The name that may have been meant, for an error; null where guessing has cost too much.</summary>
    public string? Nearest(string written, IEnumerable<string> names)
    {
        if (IsFull || _letterPairs > MaxLetterPairs)
        {
            return null;
        }

        var known = names.ToList();
        _letterPairs += known.Sum(name => (long)written.Length * name.Length);
        return _letterPairs <= MaxLetterPairs ? Spelling.Nearest(written, known) : null;
    }

    /// <summary>
    /// Raises one exception with every error as a violation; its code is that of the first error, syntax before
    /// meaning.
    /// </summary>
    public void ThrowIfAny()
    {
        if (!Any)
        {
            return;
        }

        var first = _entries.OrderBy(e => e.Code == BpcError.RuleParse ? 0 : 1).ThenBy(e => e.At.Start).First();
        var violations = Violations;
        var detail = string.Join("\n", violations.Select(v => $"{v.Where}: {v.Message}"));
        throw new BpcException(first.Code, detail, violations);
    }

    private sealed record Entry(BpcError Code, Span At, string Wrong, string Right);
}
