using System.Numerics;
using Bpc.Core.Canonical;
using Bpc.Core.Numbers;

namespace Bpc.Core.Rules.Evaluate;

/// <summary>
/// A value and the proof node that derived it; −1 where the node is made only when the value is taken out of its list
/// or record.
/// </summary>
internal readonly record struct Traced(Value Value, int Node);

/// <summary>
/// A value of the language while it is evaluated. The types are checked beforehand, so it carries neither unit nor
/// type.
/// </summary>
internal abstract class Value : ICanonicalValue
{
    /// <summary>How much work writing it is; bounds values that share their parts.</summary>
    public virtual long Size => 1;

    public bool IsNone => this is NoneValue;

    /// <summary>
    /// As it stands in sections and proofs: decimals are texts with exactly their scale, none is null.
    /// </summary>
    public abstract JsonValue ToJson();

    /// <summary>The bytes of <see cref="ToJson"/>, without making it.</summary>
    public virtual void WriteTo(CanonicalWriter writer) => writer.Value(ToJson());

    /// <summary>For a person: as in the passport, without the quotes of a text.</summary>
    public string Shown => ToJson() switch
    {
        JsonValue.Null => "none",
        JsonValue.Text text => text.Value,
        var json => System.Text.Encoding.UTF8.GetString(CanonicalJson.Write(json)),
    };
}

internal sealed class NoneValue : Value
{
    public static readonly NoneValue Instance = new();

    public override JsonValue ToJson() => JsonValue.Null.Value;
}

internal sealed class BoolValue(bool value) : Value
{
    public static readonly BoolValue True = new(true);
    public static readonly BoolValue False = new(false);

    public bool Value { get; } = value;

    public static BoolValue Of(bool value) => value ? True : False;

    public override JsonValue ToJson() => Value;

    public override void WriteTo(CanonicalWriter writer) => writer.Bool(Value);
}

internal sealed class IntValue(long value) : Value
{
    public long Value { get; } = value is <= CanonicalJson.MaxInteger and >= -CanonicalJson.MaxInteger
        ? value : throw OutOfRange(value);

    /// <summary>A result that no long holds, such as a product, is an overflow with its own value.</summary>
    public static IntValue Of(BigInteger value) => BigInteger.Abs(value) <= CanonicalJson.MaxInteger
        ? new((long)value) : throw OutOfRange(value);

    public override JsonValue ToJson() => Value;

    public override void WriteTo(CanonicalWriter writer) => writer.Integer(Value);

    private static OverflowException OutOfRange(BigInteger value) =>
        new($"{value} is outside ±(2^53 − 1), the range of Int");
}

internal sealed class TextValue(string value) : Value
{
    public string Value { get; } = value;

    public override long Size => 1 + (Value.Length / 64);

    public override JsonValue ToJson() => Value;

    public override void WriteTo(CanonicalWriter writer) => writer.Text(Value);
}

internal sealed class DateValue(DateOnly value) : Value
{
    public DateOnly Value { get; } = value;

    public override JsonValue ToJson() =>
        Value.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A Dec or a Qty: its unit is known to the types alone.</summary>
internal sealed class DecimalValue(ExactDecimal value) : Value
{
    public ExactDecimal Value { get; } = value;

    public override JsonValue ToJson() => Value.ToString();

    public override void WriteTo(CanonicalWriter writer) => writer.Text(Value.ToString());
}

internal sealed class RatioValue(ExactRatio value) : Value
{
    public ExactRatio Value { get; } = value;

    public override JsonValue ToJson() => Value.ToString();
}

internal sealed class ListValue(IReadOnlyList<Traced> items) : Value
{
    public IReadOnlyList<Traced> Items { get; } = items;

    public override long Size { get; } = items.Aggregate(1L, (sum, item) => sum + item.Value.Size);

    public override JsonValue ToJson() => JsonValue.Array(Items.Select(item => item.Value.ToJson()));

    public override void WriteTo(CanonicalWriter writer)
    {
        writer.BeginArray();
        foreach (var item in Items)
        {
            item.Value.WriteTo(writer);
        }

        writer.EndArray();
    }
}

/// <param name="members">In ordinal order of their names.</param>
internal sealed class RecordValue((string Name, Traced Value)[] members) : Value
{
    public IReadOnlyList<(string Name, Traced Value)> Members => members;

    public override long Size { get; } = members.Sum(member => member.Value.Value.Size) + 1;

    /// <summary>Members without a value are absent, as they are in facts.</summary>
    public override JsonValue ToJson() => JsonValue.Object(
        members.Where(m => !m.Value.Value.IsNone).Select(m => (m.Name, m.Value.Value.ToJson())));

    public override void WriteTo(CanonicalWriter writer)
    {
        writer.BeginObject();
        foreach (var (name, member) in members)
        {
            if (!member.Value.IsNone)
            {
                writer.Name(name);
                member.Value.WriteTo(writer);
            }
        }

        writer.EndObject();
    }
}
