namespace Bpc.Core.Canonical;

/// <summary>
/// A JSON value of the BPC-CJSON-1 profile: numbers are integers within ±(2^53 − 1), fractions travel as strings.
/// Equal values write equal bytes.
/// </summary>
public abstract record JsonValue : ICanonicalValue
{
    private JsonValue()
    {
    }

    public sealed record Null : JsonValue
    {
        public static readonly Null Value = new();
    }

    public sealed record Bool(bool Value) : JsonValue;

    public sealed record Int(long Value) : JsonValue;

    public sealed record Text(string Value) : JsonValue;

    public sealed record List(IReadOnlyList<JsonValue> Items) : JsonValue
    {
        public bool Equals(List? other) => other is not null && Items.SequenceEqual(other.Items);

        public override int GetHashCode() => Items.Count;
    }

    /// <summary>An object; member names are unique, their order here does not matter (the writer sorts).</summary>
    public sealed record Record(IReadOnlyDictionary<string, JsonValue> Members) : JsonValue
    {
        public JsonValue? this[string name] => Members.GetValueOrDefault(name);

        public bool Equals(Record? other) => other is not null && Members.Count == other.Members.Count
            && Members.All(member => member.Value.Equals(other[member.Key]));

        public override int GetHashCode() => Members.Count;
    }

    void ICanonicalValue.WriteTo(CanonicalWriter writer) => writer.Value(this);

    public static implicit operator JsonValue(string value) => new Text(value);

    public static implicit operator JsonValue(long value) => new Int(value);

    public static implicit operator JsonValue(bool value) => new Bool(value);

    /// <summary>An object from its members; a repeated name is an error.</summary>
    public static Record Object(params IEnumerable<(string Name, JsonValue Value)> members) =>
        new(members.ToDictionary(m => m.Name, m => m.Value, StringComparer.Ordinal));

    public static List Array(params IEnumerable<JsonValue> items) => new([.. items]);
}
