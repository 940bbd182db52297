using Bpc.Core.Canonical;
using Bpc.Core.Numbers;
using Bpc.Core.Rules.Evaluate;
using Bpc.Core.Rules.Syntax;

namespace Bpc.Core.Rules.Types;

/// <summary>
/// Finds the type of an expression and compiles it in the same walk: a well-typed expression cannot fail with a type
/// error at run time.
/// </summary>
internal sealed class ExpressionChecker(Symbols symbols, Diagnostics diagnostics, ExpressionPlace place)
{
    private readonly Dictionary<string, (RuleType Type, int Slot)> _variables = place != ExpressionPlace.Rule
        ? new(StringComparer.Ordinal) : symbols.Lets.Select((let, slot) => (let.Name, let.Type, slot))
            .DistinctBy(let => let.Name)
            .ToDictionary(let => let.Name, let => (let.Type, let.slot), StringComparer.Ordinal);

    private int _slots = place == ExpressionPlace.Rule ? symbols.Lets.Count : 0;

    /// <summary>The fields this expression reads; they are derived before it.</summary>
    public HashSet<string> FieldsRead { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether it reads facts itself, or by a let of the package, instead of by fields.</summary>
    public bool ReadsFacts { get; set; }

    public Symbols Symbols => symbols;

    public ExpressionPlace Place => place;

    /// <summary>What lets and lambdas have named, and where its value is.</summary>
    public IReadOnlyDictionary<string, (RuleType Type, int Slot)> Variables => _variables;

    public TypedExpression Check(Expr expression)
    {
        var found = Compile(expression);
        return found.Type.Parts > RuleType.MaxParts ? Wrong(
                expression.At, $"this type has more than {RuleType.MaxParts} parts", "give records fewer members")
            : found.Type.Nesting <= RuleType.MaxNesting ? found : Wrong(
                expression.At, $"lists and records stand in each other deeper than {RuleType.MaxNesting} times",
                "make it flatter: proofs and sections must stay readable");
    }

    private TypedExpression Compile(Expr expression) => expression switch
    {
        Expr.Bool e => Constant(RuleType.Boolean, BoolValue.Of(e.Value)),
        Expr.Text e => Constant(RuleType.String, new TextValue(e.Value)),
        Expr.Date e => Constant(RuleType.Day, new DateValue(e.Day)),
        Expr.Number e => Number(e),
        Expr.Quantity e => Quantity(e),
        Expr.None => Constant(new RuleType.Opt(new RuleType.Nothing()), NoneValue.Instance),
        Expr.Name e => new NameChecker(this).Name(e),
        Expr.Member e => new NameChecker(this).Member(e),
        Expr.Field e => new NameChecker(this).Field(e.PathAt, e.Path),
        Expr.Call e => Builtins.Check(this, e),
        Expr.Unary e => new OperatorChecker(this).Unary(e),
        Expr.Binary e => new OperatorChecker(this).Binary(e),
        Expr.If e => If(e),
        Expr.Let e => Let(e),
        Expr.List e => List(e),
        Expr.Record e => Record(e),
        Expr.Lambda => Wrong(expression.At, "a lambda does not stand alone",
            "it is an argument of map, filter, fold, then and the like"),
        Expr.UnitName => Wrong(
            expression.At, "a unit does not stand alone", "it is the second argument of qty and convert"),
        _ => TypedExpression.Unknown,
    };

    /// <summary>A lambda whose parameters have these types.</summary>
    public TypedLambda Lambda(Expr.Lambda lambda, params ReadOnlySpan<RuleType> types)
    {
        var slots = new int[types.Length];
        for (var i = 0; i < types.Length; i++)
        {
            slots[i] = Declare(lambda.Parameters[i], types[i]);
        }

        var body = Check(lambda.Body);
        foreach (var parameter in lambda.Parameters)
        {
            _variables.Remove(parameter.Name);
        }

        return new(slots, body);
    }

    /// <summary>
    /// Finds what is wrong in the arguments of a call that is wrong itself; of a lambda's parameters nothing is known.
    /// </summary>
    /// <param name="exceptUnit">The second is a unit, which was read as names.</param>
    public void CheckAlone(IReadOnlyList<Expr> arguments, bool exceptUnit = false)
    {
        foreach (var argument in arguments.Where((a, i) => a is not Expr.UnitName && !(exceptUnit && i == 1)))
        {
            if (argument is Expr.Lambda lambda)
            {
                Lambda(lambda, [.. lambda.Parameters.Select(_ => RuleType.Anything)]);
            }
            else
            {
                Check(argument);
            }
        }
    }

    /// <summary>Gives a variable a place; the variables of a property are declared this way too.</summary>
    public int Declare(Parameter variable, RuleType type)
    {
        if (!_variables.TryAdd(variable.Name, (type, _slots)))
        {
            Wrong(variable.At, $"'{variable.Name}' already has a meaning here", "choose another name");
        }

        symbols.Slots = Math.Max(symbols.Slots, _slots + 1);
        return _slots++;
    }

    /// <summary>Counts a branch of the package for coverage; tests have none.</summary>
    public int Branch(Span at, string name)
    {
        if (place != ExpressionPlace.Rule)
        {
            return -1;
        }

        symbols.Branches.Add($"{diagnostics.Source.Place(at.Start)}: {name}");
        return symbols.Branches.Count - 1;
    }

    /// <summary>The name the author may have meant, or null.</summary>
    public string? Nearest(string written, IEnumerable<string> names) => diagnostics.Nearest(written, names);

    public TypedExpression Wrong(Span at, string wrong, string right, BpcError? code = null)
    {
        diagnostics.Add(code ?? BpcError.RuleType, at, wrong, right);
        return TypedExpression.Unknown;
    }

    /// <summary>Runs an arithmetic expression; an overflow or a division by zero says where it happened.</summary>
    public CompiledExpression Arithmetic(Span at, CompiledExpression expression)
    {
        var where = diagnostics.Source.Place(at.Start);
        return run =>
        {
            try
            {
                return expression(run);
            }
            catch (OverflowException e)
            {
                throw RuleFailure.Assert("OVERFLOW", $"{e.Message} ({where})");
            }
            catch (DivideByZeroException)
            {
                throw RuleFailure.Of(BpcError.DivisionByZero, $"divided by zero ({where})");
            }
        };
    }

    private static TypedExpression Constant(RuleType type, Value value) => new(type, run => run.Const(value));

    private TypedExpression Number(Expr.Number e)
    {
        if (!e.Digits.Contains('.'))
        {
            return long.TryParse(e.Digits, out var integer) && integer <= CanonicalJson.MaxInteger
                ? Constant(RuleType.Integer, new IntValue(integer))
                : Wrong(e.At, "this number is too large for Int",
                    "Int is within ±(2^53 − 1); with a point it is a decimal");
        }

        return Decimal(e.At, e.Digits) is { } value ? Constant(new RuleType.Dec(value.Scale), new DecimalValue(value))
            : TypedExpression.Unknown;
    }

    private TypedExpression Quantity(Expr.Quantity e) => Decimal(e.At, e.Digits) is { } value
        ? Constant(RuleType.NumberOf(e.Unit, value.Scale), new DecimalValue(value)) : TypedExpression.Unknown;

    private ExactDecimal? Decimal(Span at, string digits)
    {
        if (ExactDecimal.TryParse(digits, out var value) && value.Scale <= RuleType.MaxScale)
        {
            return value;
        }

        Wrong(at, $"'{digits}' is no decimal of the language",
            $"no leading zeros, at most {RuleType.MaxScale} digits after the point, {ExactDecimal.MaxDigits} in all");
        return null;
    }

    private TypedExpression If(Expr.If e)
    {
        var condition = Check(e.Condition);
        Expect(condition.Type, RuleType.Boolean, e.Condition.At);
        var (thenBranch, elseBranch) = (Branch(e.At, "then"), Branch(e.At, "else"));
        var (then, otherwise) = (Check(e.Then), Check(e.Else));
        if (RuleType.Join(then.Type, otherwise.Type) is not { } type)
        {
            return Wrong(e.Else.At, $"then is {then.Type}, else is {otherwise.Type}",
                Mismatch.Right(otherwise.Type, then.Type));
        }

        return new(type, run =>
        {
            var chosen = condition.Run(run);
            var holds = ((BoolValue)chosen.Value).Value;
            run.Reached(holds ? thenBranch : elseBranch);
            var value = (holds ? then : otherwise).Run(run);
            return run.Op("if", value.Value, [chosen.Node, value.Node]);
        });
    }

    private TypedExpression Let(Expr.Let e)
    {
        var value = Check(e.Value);
        var slot = Declare(e.Variable, value.Type);
        var body = Check(e.Body);
        _variables.Remove(e.Variable.Name);
        return new(body.Type, run =>
        {
            run.Slots[slot] = value.Run(run);
            return body.Run(run);
        });
    }

    private TypedExpression List(Expr.List e)
    {
        RuleType type = new RuleType.Nothing();
        var items = new CompiledExpression[e.Items.Count];
        for (var i = 0; i < items.Length; i++)
        {
            var item = Check(e.Items[i]);
            items[i] = item.Run;
            if (RuleType.Join(type, item.Type) is { } joined)
            {
                type = joined;
            }
            else
            {
                Wrong(e.Items[i].At, $"the list holds {type}, this is {item.Type}",
                    $"all items of a list have one type; {Mismatch.Right(item.Type, type)}",
                    Mismatch.Code(item.Type, type));
            }
        }

        return new(new RuleType.List(type), run =>
        {
            var values = Array.ConvertAll(items, item => item(run));
            return run.Op("list", new ListValue(values), Array.ConvertAll(values, v => v.Node));
        });
    }

    private TypedExpression Record(Expr.Record e)
    {
        var members = e.Members.Select(m => (m.Name, Value: Check(m.Value))).ToArray();
        foreach (var repeated in e.Members.GroupBy(m => m.Name).SelectMany(g => g.Skip(1)))
        {
            return Wrong(repeated.At, $"the member '{repeated.Name}' is already there", "each member once");
        }

        return new(new RuleType.Record([.. members.Select(m => (m.Name, m.Value.Type))]), run =>
        {
            // Derived and proved in the order they are written, kept in that of their names.
            var values = Array.ConvertAll(members, m => (m.Name, Value: m.Value.Run(run)));
            int[] nodes = [.. values.Select(m => m.Value.Node)];
            Array.Sort(values, (a, b) => string.CompareOrdinal(a.Name, b.Name));
            return run.Op("record", new RecordValue(values), nodes);
        });
    }

    /// <summary>Reports a value of another type than wanted.</summary>
    public void Expect(RuleType actual, RuleType wanted, Span at)
    {
        if (!actual.Fits(wanted))
        {
            Wrong(at, $"expected {wanted}, found {actual}", Mismatch.Right(actual, wanted),
                Mismatch.Code(actual, wanted));
        }
    }
}
