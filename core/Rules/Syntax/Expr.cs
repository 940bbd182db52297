using Bpc.Core.Rules.Types;

namespace Bpc.Core.Rules.Syntax;

/// <summary>An expression as written.</summary>
internal abstract record Expr(Span At)
{
    public sealed record Bool(Span At, bool Value) : Expr(At);

    /// <summary>Digits as written: without a point an Int, with one a Dec of as many digits.</summary>
    public sealed record Number(Span At, string Digits) : Expr(At);

    public sealed record Text(Span At, string Value) : Expr(At);

    public sealed record Date(Span At, DateOnly Day) : Expr(At);

    /// <summary><c>75.500 kWh</c>, in tests.</summary>
    public sealed record Quantity(Span At, string Digits, Unit Unit) : Expr(At);

    public sealed record None(Span At) : Expr(At);

    public sealed record Name(Span At, string Identifier) : Expr(At);

    public sealed record Member(Span At, Expr Target, string Identifier) : Expr(At);

    /// <summary><c>f(a, b)</c>, or <c>a.f(b)</c>, which is the same.</summary>
    public sealed record Call(Span At, Span FunctionAt, string Function, IReadOnlyList<Expr> Arguments) : Expr(At);

    /// <summary><c>field(battery.mass_kg)</c>.</summary>
    public sealed record Field(Span At, Span PathAt, string Path) : Expr(At);

    /// <summary>A unit where a function wants one: <c>qty(x, kg/kWh)</c>.</summary>
    public sealed record UnitName(Span At, Unit Unit) : Expr(At);

    public sealed record Lambda(Span At, IReadOnlyList<Parameter> Parameters, Expr Body) : Expr(At);

    public sealed record Unary(Span At, string Operator, Expr Operand) : Expr(At);

    public sealed record Binary(Span At, Span OperatorAt, string Operator, Expr Left, Expr Right) : Expr(At);

    public sealed record If(Span At, Expr Condition, Expr Then, Expr Else) : Expr(At);

    public sealed record Let(Span At, Parameter Variable, Expr Value, Expr Body) : Expr(At);

    public sealed record List(Span At, IReadOnlyList<Expr> Items) : Expr(At);

    public sealed record Record(Span At, IReadOnlyList<RecordMember> Members) : Expr(At);

    /// <summary>Stands where something unreadable was reported, so that the rest can still be checked.</summary>
    public sealed record Broken(Span At) : Expr(At);
}

/// <summary>A name a lambda or a let gives.</summary>
internal sealed record Parameter(Span At, string Name);

internal sealed record RecordMember(Span At, string Name, Expr Value);
