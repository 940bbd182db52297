using Bpc.Core.Rules.Types;

namespace Bpc.Core.Rules.Syntax;

/// <summary>Reads types and units.</summary>
internal sealed class TypeParser(TokenReader reader)
{
    private const string Known =
        "types are Bool, Int, Text, Date, Dec(scale), Qty(unit, scale), Opt(T), List(T), Record{name: T}";

    public RuleType Type() => reader.Nested(() =>
    {
        var name = reader.Name("a type", Known);
        return name.Text switch
        {
            "Bool" => RuleType.Boolean,
            "Int" => RuleType.Integer,
            "Text" => RuleType.String,
            "Date" => RuleType.Day,
            "Dec" => Parenthesised(() => new RuleType.Dec(Scale())),
            "Qty" => Parenthesised(Quantity),
            "Opt" => Parenthesised(() => RuleType.OptOf(Type())),
            "List" => Parenthesised(() => new RuleType.List(Type())),
            "Record" => Record(),
            _ => throw reader.Wrong($"there is no type '{name.Text}'", Known, name.At),
        };
    });

    public RuleType.Record Record()
    {
        var start = reader.Current.At;
        reader.Expect("{", "a record's members stand in braces: { name : Type, … }");
        var members = new List<(string Name, RuleType Type)>();
        reader.ListUntil("}", () =>
        {
            var name = reader.Name("a member's name", "a member is written name : Type");
            reader.Expect(":", "a member is written name : Type");
            var type = Type();
            if (members.Any(m => m.Name == name.Text))
            {
                reader.Diagnostics.Add(
                    BpcError.RuleType, name.At, $"the member '{name.Text}' is already there", "each member once");
            }

            members.Add((name.Text, type));
            Bounded(members.Count, name.At);
            return name;
        });
        var record = new RuleType.Record([.. members.DistinctBy(m => m.Name)]);
        Bounded(record.Parts, start);
        return record;
    }

    private void Bounded(int parts, Span at)
    {
        if (parts > RuleType.MaxParts)
        {
            throw reader.Wrong($"this type has more than {RuleType.MaxParts} parts", "give records fewer members", at,
                BpcError.RuleType);
        }
    }

    /// <summary><c>kg</c>, <c>gCO2e/kWh</c>, <c>kg*m^2</c>, <c>%</c> or <c>1/h</c>.</summary>
    public Unit Unit() => Factors(
        reader.Current is { Kind: TokenKind.Number, Text: "1" } && reader.Following.Is("/") ? Nothing()
            : Factor(), () => true);

    /// <summary>The unit after a number: 5 kg / n divides, 5 kg / h does not, for h is a unit.</summary>
    public Unit UnitOfLiteral() => Factors(Factor(), () => IsUnit(reader.Following));

    private Unit Factors(Unit unit, Func<bool> isUnitNext)
    {
        while ((reader.Current.Is("*") || reader.Current.Is("/")) && isUnitNext())
        {
            var times = reader.Take().Text == "*";
            var factor = Factor();
            unit = times ? unit.Times(factor) : unit.Per(factor);
            if (unit.IsTooHigh)
            {
                throw reader.Wrong($"the unit {unit} has a power beyond {Types.Unit.MaxPower}",
                    "no quantity is measured in it", reader.Last, BpcError.RuleType);
            }
        }

        return unit;
    }

    private Unit Nothing()
    {
        reader.Take();
        return Types.Unit.None;
    }

    private Unit Factor()
    {
        var token = reader.Take();
        if (!IsUnit(token))
        {
            var close = UnitTable.Symbols.FirstOrDefault(
                s => string.Equals(s, token.Text, StringComparison.OrdinalIgnoreCase));
            throw reader.Wrong(
                token.Kind == TokenKind.Name ? $"there is no unit {token.Shown}"
                    : $"expected a unit, found {token.Shown}",
                close is null
                    ? $"units are {string.Join(", ", UnitTable.Symbols)}, and products and quotients of them"
                    : $"did you mean {close}?",
                token.At, BpcError.RuleType);
        }

        var factor = Types.Unit.Of(token.Text);
        if (!reader.TryTake("^"))
        {
            return factor;
        }

        var power = reader.SmallInteger("power", 2, Types.Unit.MaxPower);
        return Enumerable.Repeat(factor, power).Aggregate((product, f) => product.Times(f));
    }

    private static bool IsUnit(Token token) =>
        token.Kind is TokenKind.Name or TokenKind.Symbol && UnitTable.Knows(token.Text);

    private RuleType Quantity()
    {
        var unit = Unit();
        reader.Expect(",", "a quantity has a unit and a scale: Qty(kWh, 3)");
        return RuleType.NumberOf(unit, Scale());
    }

    private int Scale() => reader.SmallInteger("scale", 0, RuleType.MaxScale);

    private RuleType Parenthesised(Func<RuleType> inside)
    {
        reader.Expect("(", Known);
        var type = inside();
        reader.Expect(")", Known);
        return type;
    }
}
