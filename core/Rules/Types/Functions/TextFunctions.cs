using Bpc.Core.Rules.Evaluate;

namespace Bpc.Core.Rules.Types;

/// <summary>Functions on texts and dates.</summary>
internal static class TextFunctions
{
    public static IEnumerable<Builtin> All { get; } =
    [
        new("text", "text(Int, Dec, Qty, Date or Text) : Text, a quantity without its unit", 1, 1, ToText),
        new("join", "join(List(Text), separator) : Text", 2, 2, Join),
        new("length", "length(Text) : Int, in UTF-16 code units", 1, 1, Length),
        new("startsWith", "startsWith(Text, start) : Bool", 2, 2, call =>
            Test(call, "startsWith", (a, b) => a.StartsWith(b, StringComparison.Ordinal))),
        new("endsWith", "endsWith(Text, end) : Bool", 2, 2, call =>
            Test(call, "endsWith", (a, b) => a.EndsWith(b, StringComparison.Ordinal))),
        new("includes", "includes(Text, part) : Bool", 2, 2, call =>
            Test(call, "includes", (a, b) => a.Contains(b, StringComparison.Ordinal))),
        new("year", "year(Date) : Int", 1, 1, call => Part(call, "year", date => date.Year)),
        new("month", "month(Date) : Int, 1 to 12", 1, 1, call => Part(call, "month", date => date.Month)),
        new("daysBetween", "daysBetween(Date, Date) : Int, negative where the second is earlier", 2, 2, DaysBetween),
    ];

    private static TypedExpression ToText(CallSite call)
    {
        var value = call.Any(0);
        if (value.Type is not (
            RuleType.Int or RuleType.Dec or RuleType.Qty or RuleType.Date or RuleType.Text or RuleType.Unknown))
        {
            return call.Wrong(0, $"{value.Type} has no text form", Mismatch.Right(value.Type, RuleType.Integer));
        }

        return new(RuleType.String, run =>
        {
            var source = value.Run(run);
            var text = source.Value.ToJson() is Canonical.JsonValue.Text t
                ? t.Value : ((IntValue)source.Value).Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
            return run.Op("text", new TextValue(text), [source.Node]);
        });
    }

    private static TypedExpression Join(CallSite call)
    {
        var list = call.Of(0, new RuleType.List(RuleType.String));
        var separator = call.Of(1, RuleType.String);
        return new(RuleType.String, run =>
        {
            var (source, between) = (list(run), separator(run));
            var texts = ((ListValue)source.Value).Items.Select(x => ((TextValue)x.Value).Value).ToList();
            var separatorText = ((TextValue)between.Value).Value;
            var length = texts.Sum(t => (long)t.Length) + ((long)separatorText.Length * texts.Count);
            run.Spend(texts.Count + (length / 64));
            Evaluation.Grow(length);
            return run.Op("join", new TextValue(string.Join(separatorText, texts)), [source.Node, between.Node]);
        });
    }

    private static TypedExpression Length(CallSite call)
    {
        var text = call.Of(0, RuleType.String);
        return new(RuleType.Integer, run =>
        {
            var source = text(run);
            return run.Op("length", new IntValue(((TextValue)source.Value).Value.Length), [source.Node]);
        });
    }

    private static TypedExpression Test(CallSite call, string name, Func<string, string, bool> holds)
    {
        var (text, part) = (call.Of(0, RuleType.String), call.Of(1, RuleType.String));
        return new(RuleType.Boolean, run =>
        {
            var (a, b) = (text(run), part(run));
            run.Spend(a.Value.Size * b.Value.Size); // at each place of the text the whole part may have to be compared
            return run.Op(name, BoolValue.Of(holds(((TextValue)a.Value).Value, ((TextValue)b.Value).Value)),
                [a.Node, b.Node]);
        });
    }

    private static TypedExpression Part(CallSite call, string name, Func<DateOnly, int> part)
    {
        var date = call.Of(0, RuleType.Day);
        return new(RuleType.Integer, run =>
        {
            var source = date(run);
            return run.Op(name, new IntValue(part(((DateValue)source.Value).Value)), [source.Node]);
        });
    }

    private static TypedExpression DaysBetween(CallSite call)
    {
        var (first, second) = (call.Of(0, RuleType.Day), call.Of(1, RuleType.Day));
        return new(RuleType.Integer, run =>
        {
            var (a, b) = (first(run), second(run));
            var days = ((DateValue)b.Value).Value.DayNumber - ((DateValue)a.Value).Value.DayNumber;
            return run.Op("daysBetween", new IntValue(days), [a.Node, b.Node]);
        });
    }
}
