using System.Numerics;
using Bpc.Core.Canonical;
using Bpc.Core.Facts;
using Bpc.Core.Numbers;
using Bpc.Core.Rules.Types;

namespace Bpc.Core.Rules.Evaluate;

/// <summary>
/// Reads a fact's payload as the package declares it. Numbers are decimal texts, padded to the declared scale; what
/// does not fit says which fact, which member, what was read and what would be right.
/// </summary>
internal sealed class FactReader
{
    private readonly Fact _fact;

    private FactReader(Fact fact) => _fact = fact;

    public static RecordValue Read(Fact fact, RuleType.Record shape)
    {
        var reader = new FactReader(fact);
        return CanonicalReader.Read(fact.Payload) is JsonValue.Record payload
            ? reader.Record(payload, shape, "")
            : throw reader.Wrong("", "the payload is not an object", "an object with members");
    }

    private RecordValue Record(JsonValue.Record record, RuleType.Record shape, string path) =>
        new([.. shape.Sorted.Select(member => (member.Name, new Traced(
            Value(record[member.Name], member.Type, path.Length == 0 ? member.Name : $"{path}.{member.Name}"), -1)))]);

    private Value Value(JsonValue? json, RuleType type, string path) => (type, json) switch
    {
        (RuleType.Opt, null or JsonValue.Null) => NoneValue.Instance,
        (_, null or JsonValue.Null) =>
            throw Wrong(path, "is missing", $"{type}; declare Opt({type}) where it may be absent"),
        (RuleType.Opt opt, _) => Value(json, opt.Inner, path),
        (RuleType.Bool, JsonValue.Bool value) => BoolValue.Of(value.Value),
        (RuleType.Text, JsonValue.Text text) => new TextValue(text.Value),
        (RuleType.Int, _) => Integer(json, path),
        (RuleType.Dec dec, _) => Decimal(json, dec.Scale, type, path),
        (RuleType.Qty quantity, _) => Decimal(json, quantity.Scale, type, path),
        (RuleType.Date, JsonValue.Text text) when CanonicalTime.TryParseDay(text.Value, out var date) =>
            new DateValue(date),
        (RuleType.List list, JsonValue.List items) => new ListValue(
            [.. items.Items.Select((item, i) => new Traced(Value(item, list.Item, $"{path}[{i}]"), -1))]),
        (RuleType.Record shape, JsonValue.Record record) => Record(record, shape, path),
        _ => throw Unfit(json, type, path),
    };

    private IntValue Integer(JsonValue json, string path) => Plain(json) is { } text
        && ExactDecimal.TryParse(text, out var value) && value.Scale == 0
        && BigInteger.Abs(value.Unscaled) <= CanonicalJson.MaxInteger
        ? new((long)value.Unscaled) : throw Unfit(json, RuleType.Integer, path);

    private DecimalValue Decimal(JsonValue json, int scale, RuleType type, string path)
    {
        if (Plain(json) is not { } text || !ExactDecimal.TryParse(text, out var value))
        {
            throw Unfit(json, type, path);
        }

        if (value.Scale > scale)
        {
            throw Wrong(path, $"is \"{text}\", which has {value.Scale} digits after the point",
                $"at most {scale} ({type})");
        }

        try
        {
            return new(value.Pad(scale));
        }
        catch (OverflowException)
        {
            throw Wrong(path, $"is \"{text}\"", $"at most {ExactDecimal.MaxDigits} digits in all ({type})");
        }
    }

    private static string? Plain(JsonValue json) => json switch
    {
        JsonValue.Text text => text.Value,
        JsonValue.Int integer => integer.Value.ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ => null,
    };

    private RuleFailure Unfit(JsonValue? json, RuleType type, string path)
    {
        var read = System.Text.Encoding.UTF8.GetString(CanonicalJson.Write(json!));
        var right = type switch
        {
            RuleType.Date => "a date as \"2027-02-18\"",
            RuleType.Int => "a whole number within ±(2^53 − 1)",
            RuleType.Dec or RuleType.Qty => $"a plain decimal such as \"75.5\" ({type})",
            _ => type.ToString(),
        };
        return Wrong(path, $"is {ShortText.Of(read, 80)}", right);
    }

    private RuleFailure Wrong(string path, string read, string right) => RuleFailure.Assert(
        "FACT_INVALID", $"{_fact.FactType} '{_fact.FactKey}': {path} {read}; the package wants {right}");
}
