namespace Bpc.Core.Rules.Types;

/// <summary>A type of the language.</summary>
internal abstract record RuleType
{
    /// <summary>The most digits after the point a fact or a field may have.</summary>
    public const int MaxScale = 18;

    /// <summary>
    /// The most digits after the point between two roundings: the product of two numbers of <see cref="MaxScale"/>.
    /// </summary>
    public const int MaxIntermediateScale = 2 * MaxScale;

    /// <summary>How deep lists and records may stand in each other, so that every artefact stays readable.</summary>
    public const int MaxNesting = 32;

    /// <summary>
    /// How many types a type is made of. One that is named twice counts twice, for whoever walks it walks it twice.
    /// </summary>
    public const int MaxParts = 1_000;

    private RuleType()
    {
    }

    /// <summary>How many lists and records stand in each other; kept, so that asking costs nothing.</summary>
    public virtual int Nesting => 0;

    /// <summary>How many types it is made of, itself included; above <see cref="MaxParts"/> not counted on.</summary>
    public virtual int Parts => 1;

    public sealed record Bool : RuleType;

    public sealed record Int : RuleType;

    public sealed record Text : RuleType;

    public sealed record Date : RuleType;

    public sealed record Dec(int Scale) : RuleType;

    public sealed record Qty(Unit Unit, int Scale) : RuleType;

    /// <summary>An exact quotient; only round makes a number of it.</summary>
    public sealed record Ratio(Unit Unit) : RuleType;

    /// <summary>A value or none. Never nested: an Opt of an Opt is the inner Opt.</summary>
    public sealed record Opt(RuleType Inner) : RuleType
    {
        public override int Nesting { get; } = Inner.Nesting;

        public override int Parts { get; } = Sum([Inner]);
    }

    public sealed record List(RuleType Item) : RuleType
    {
        public override int Nesting { get; } = 1 + Item.Nesting;

        public override int Parts { get; } = Sum([Item]);
    }

    public sealed record Record(IReadOnlyList<(string Name, RuleType Type)> Members) : RuleType
    {
        public override int Nesting { get; } = 1 + Members.Select(m => m.Type.Nesting).DefaultIfEmpty().Max();

        public override int Parts { get; } = Sum(Members.Select(m => m.Type));

        /// <summary>In ordinal order of their names.</summary>
        public IReadOnlyList<(string Name, RuleType Type)> Sorted { get; } =
            [.. Members.OrderBy(member => member.Name, StringComparer.Ordinal)];

        /// <summary>Where values of this type keep the member: its place in the order of names.</summary>
        public int IndexOf(string name) => Sorted.TakeWhile(member => member.Name != name).Count();

        public RuleType? this[string name] => Members.FirstOrDefault(m => m.Name == name).Type;

        /// <summary>The order members are written in has no meaning.</summary>
        public bool Equals(Record? other) => other is not null && Sorted.SequenceEqual(other.Sorted);

        public override int GetHashCode() => Sorted.Aggregate(0, (code, member) => HashCode.Combine(code, member));
    }

    /// <summary>What is in none and in [] : it fits every type.</summary>
    public sealed record Nothing : RuleType;

    /// <summary>The type of something already reported: it fits everything, so that one mistake is one error.</summary>
    public sealed record Unknown : RuleType;

    public static readonly RuleType Boolean = new Bool();
    public static readonly RuleType Integer = new Int();
    public static readonly RuleType String = new Text();
    public static readonly RuleType Day = new Date();
    public static readonly RuleType Anything = new Unknown();

    public static RuleType OptOf(RuleType inner) => inner is Opt or Unknown ? inner : new Opt(inner);

    /// <summary>A number of that unit: a quantity, or a plain decimal where the unit has cancelled.</summary>
    public static RuleType NumberOf(Unit unit, int scale) => unit.IsNone ? new Dec(scale) : new Qty(unit, scale);

    /// <summary>
    /// Whether a value of this type may stand where <paramref name="target"/> is wanted. There are no conversions.
    /// </summary>
    public bool Fits(RuleType target) => ReferenceEquals(this, target) || (this, target) switch
    {
        (Unknown, _) or (_, Unknown) or (Nothing, _) => true,
        (Opt from, Opt to) => from.Inner.Fits(to.Inner),
        (List from, List to) => from.Item.Fits(to.Item),
        (Record from, Record to) => from.Members.Count == to.Members.Count
            && from.Sorted.Zip(to.Sorted).All(m => m.First.Name == m.Second.Name && m.First.Type.Fits(m.Second.Type)),
        _ => Equals(target),
    };

    /// <summary>The type both fit, or null.</summary>
    public static RuleType? Join(RuleType left, RuleType right) =>
        left.Fits(right) ? right : right.Fits(left) ? left : null;

    /// <summary>As written in a source.</summary>
    public sealed override string ToString() => this switch
    {
        Bool => "Bool",
        Int => "Int",
        Text => "Text",
        Date => "Date",
        Dec d => $"Dec({d.Scale})",
        Qty q => $"Qty({q.Unit}, {q.Scale})",
        Ratio r => r.Unit.IsNone ? "an exact ratio" : $"an exact ratio in {r.Unit}",
        Opt o => $"Opt({o.Inner})",
        List l => $"List({l.Item})",
        Record r => $"Record{{{string.Join(", ", r.Members.Select(m => $"{m.Name}: {m.Type}"))}}}",
        Nothing => "nothing",
        _ => "unknown",
    };

    private static int Sum(IEnumerable<RuleType> inside) =>
        (int)Math.Min(MaxParts + 1, inside.Aggregate(1L, (sum, type) => sum + type.Parts));
}
