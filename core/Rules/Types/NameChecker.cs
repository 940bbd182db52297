using Bpc.Core.Rules.Evaluate;
using Bpc.Core.Rules.Syntax;

namespace Bpc.Core.Rules.Types;

/// <summary>Types and compiles whatever is named: variables, members, fields, the product and the item.</summary>
internal sealed class NameChecker(ExpressionChecker checker)
{
    public TypedExpression Name(Expr.Name e)
    {
        if (checker.Variables.TryGetValue(e.Identifier, out var variable))
        {
            checker.ReadsFacts |= checker.Place == ExpressionPlace.Rule
                && variable.Slot < checker.Symbols.Lets.Count && checker.Symbols.Lets[variable.Slot].ReadsFacts;
            return new(variable.Type, run => run.Slots[variable.Slot]);
        }

        if (checker.Place == ExpressionPlace.Expectation && checker.Symbols.Fields.ContainsKey(e.Identifier))
        {
            return RequiredField(e.At, e.Identifier);
        }

        var close = checker.Nearest(e.Identifier, checker.Variables.Keys);
        return checker.Wrong(e.At, $"nothing here is called '{e.Identifier}'",
            close is not null ? $"did you mean {close}?"
            : e.Identifier == "null" ? "there is no null: what is not there is none"
            : checker.Symbols.Fields.ContainsKey(e.Identifier) ? $"a field is read with field({e.Identifier})"
            : "names come from let, from a lambda's parameters, and from product and item");
    }

    public TypedExpression Member(Expr.Member e)
    {
        if (Dotted(e) is { } path && !checker.Variables.ContainsKey(path.Split('.')[0]) && !HasField(Dotted(e.Target)!))
        {
            return Global(e, path);
        }

        // A member of a record that may be none may be none.
        var target = checker.Check(e.Target);
        var shape = target.Type is RuleType.Opt opt ? opt.Inner : target.Type;
        if (shape is not RuleType.Record record)
        {
            return shape is RuleType.Unknown ? TypedExpression.Unknown
                : checker.Wrong(e.At, $"a value of type {target.Type} has no members",
                    $"to call a function, write {e.Identifier}(…)");
        }

        if (record[e.Identifier] is not { } type)
        {
            return checker.Wrong(e.At, $"there is no member '{e.Identifier}'",
                checker.Nearest(e.Identifier, record.Members.Select(m => m.Name)) is { } close
                    ? $"did you mean {close}?"
                    : $"members are {string.Join(", ", record.Members.Select(m => m.Name))}");
        }

        var index = record.IndexOf(e.Identifier);
        return new(target.Type is RuleType.Opt ? RuleType.OptOf(type) : type,
            run => run.Member(target.Run(run), e.Identifier, index));
    }

    private TypedExpression Global(Expr.Member e, string path)
    {
        if (checker.Place != ExpressionPlace.TestInput
            && path is "product.sku" or "product.category" or "item.serial_number")
        {
            return new(RuleType.String, run => run.Op(path, new TextValue(path switch
            {
                "product.sku" => run.Input.Sku,
                "product.category" => run.Input.Category,
                _ => run.Input.SerialNumber,
            }), []));
        }

        if (checker.Symbols.Fields.ContainsKey(path))
        {
            return checker.Place == ExpressionPlace.Expectation ? RequiredField(e.At, path)
                : checker.Wrong(e.At, $"'{path}' is a field", $"a field is read with field({path})");
        }

        return checker.Wrong(e.At, $"nothing is called '{path}'",
            checker.Nearest(path, checker.Symbols.Fields.Keys) is { } close
            ? $"did you mean {close}?"
            : "rules know product.sku, product.category, item.serial_number, and fields by field(path)");
    }

    public TypedExpression Field(Span at, string path)
    {
        if (!checker.Symbols.Fields.TryGetValue(path, out var field))
        {
            return checker.Wrong(at, $"there is no field '{path}'",
                checker.Nearest(path, checker.Symbols.Fields.Keys) is { } close
                ? $"did you mean {close}?" : "declare it: field PATH : TYPE access AUDIENCE = …;");
        }

        checker.FieldsRead.Add(path);
        return new(field.Type, run => run.FieldRef(path, field.Index));
    }

    // In an expectation a field without a value fails the case instead of comparing as none.
    private TypedExpression RequiredField(Span at, string path)
    {
        var field = Field(at, path);
        return field.Type is not RuleType.Opt opt ? field
            : new(opt.Inner, run => field.Run(run) is { Value.IsNone: false } value
            ? value : throw RuleFailure.Assert("NO_VALUE", $"{path} has no value"));
    }

    // In identification.manufacturer.name the last name is a member of the field before it.
    private bool HasField(string path) => checker.Symbols.Fields.ContainsKey(path)
        || (path.LastIndexOf('.') is > 0 and var dot && HasField(path[..dot]));

    private static string? Dotted(Expr expression) => expression switch
    {
        Expr.Name name => name.Identifier,
        Expr.Member member when Dotted(member.Target) is { } target => $"{target}.{member.Identifier}",
        _ => null,
    };
}
