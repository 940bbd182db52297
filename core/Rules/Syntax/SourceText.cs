namespace Bpc.Core.Rules.Syntax;

/// <summary>A stretch of source.</summary>
internal readonly record struct Span(int Start, int Length)
{
    public int End => Start + Length;

    public Span To(Span last) => new(Start, Math.Max(Length, last.End - Start));
}

/// <summary>A source and where its lines begin, for messages a person finds the place by.</summary>
internal sealed class SourceText
{
    private const int MaxShown = 240;

    private readonly List<int> _lineStarts = [0];

    public SourceText(string text)
    {
        Text = text;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n')
            {
                _lineStarts.Add(i + 1);
            }
        }
    }

    public string Text { get; }

    /// <summary><c>line 3, column 7</c>, both from 1.</summary>
    public string Place(int offset)
    {
        var (line, column) = Position(offset);
        return $"line {line}, column {column}";
    }

    public (int Line, int Column) Position(int offset)
    {
        var found = _lineStarts.BinarySearch(offset);
        var line = found >= 0 ? found : ~found - 1;
        return (line + 1, offset - _lineStarts[line] + 1);
    }

    /// <summary>
    /// The line the span begins on, and below it a caret under each character of the span on that line. Of a line
    /// without end only what is around the place: an error costs no more than it says.
    /// </summary>
    public string Excerpt(Span span)
    {
        var (lineNumber, column) = Position(span.Start);
        var start = _lineStarts[lineNumber - 1];
        var end = Text.IndexOf('\n', start);
        var whole = Text.AsSpan(start, (end < 0 ? Text.Length : end) - start).TrimEnd('\r');
        var from = Math.Clamp(column - 1 - MaxShown / 2, 0, Math.Max(0, whole.Length - MaxShown));
        var shown = whole.Slice(from, Math.Min(MaxShown, whole.Length - from));
        var line = $"{(from > 0 ? "…" : "")}{shown}{(from + shown.Length < whole.Length ? "…" : "")}";
        var at = column - from + (from > 0 ? 1 : 0);

        // Tabs stay tabs, so that the caret stands under its place however wide an editor shows them.
        var indent = string.Concat(line.PadRight(at).Take(at - 1).Select(c => c == '\t' ? '\t' : ' '));
        var carets = new string('^', Math.Clamp(span.Length, 1, Math.Max(1, line.Length - at + 1)));
        return $"  {line}\n  {indent}{carets}";
    }
}
