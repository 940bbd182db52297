using Bpc.Core.Rules.Types;

namespace Bpc.Core.Rules.Syntax;

/// <summary>A whole source: a package, or the tests of one.</summary>
internal sealed class SourceTree
{
    public PackageHeader? Header { get; set; }

    public List<FactsDeclaration> Facts { get; } = [];

    public List<LetDeclaration> Lets { get; } = [];

    public List<FieldDeclaration> Fields { get; } = [];

    public List<CheckDeclaration> Checks { get; } = [];

    public List<TestDeclaration> Tests { get; } = [];
}

internal sealed record PackageHeader(string Name, string Version);

/// <summary>What is read of a fact type; null where it is unreadable: one error, not one at each use.</summary>
internal sealed record FactsDeclaration(Span At, string FactType, RuleType.Record? Members);

/// <summary><c>let model = fact("Battery", "battery:" + product.sku);</c>: a name for all fields and checks.</summary>
internal sealed record LetDeclaration(Parameter Variable, Expr Value);

internal sealed record FieldDeclaration(Span At, string Path, RuleType Type, Clauses Clauses, Expr Body);

internal sealed record CheckDeclaration(Span At, string Name, Clauses Clauses, Expr Body);

/// <summary>What stands between a field's type and its derivation.</summary>
internal sealed record Clauses(string? Access, string? Cites, IReadOnlyList<AppliesClause> Applies);

/// <summary><c>applies from DATE until DATE for CATEGORIES when EXPR</c>; each part may be absent.</summary>
internal sealed record AppliesClause(
    Span At, DateOnly? From, DateOnly? Until, IReadOnlyList<string> Categories, Expr? When);

/// <summary>An example (no variables, one case) or a property.</summary>
internal sealed record TestDeclaration(
    Span At, string Name, int Cases, long Seed, IReadOnlyList<VariableDeclaration> Variables,
    IReadOnlyList<TestStatement> Statements);

/// <summary><c>x : Dec(3) in 0.001..2000.000</c> or <c>x : Text in ["a", "b"]</c>.</summary>
internal sealed record VariableDeclaration(
    Parameter Variable, RuleType Type, Expr? Low, Expr? High, IReadOnlyList<Expr> Choices);

internal abstract record TestStatement(Span At)
{
    /// <summary><c>product { sku: … }</c> or <c>item { … }</c>.</summary>
    public sealed record Subject(Span At, string What, IReadOnlyList<RecordMember> Members) : TestStatement(At);

    /// <summary>Already reported.</summary>
    public sealed record Unreadable(Span At) : TestStatement(At);

    public sealed record Issued(Span At, Expr Date) : TestStatement(At);

    public sealed record Fact(Span At, Expr FactType, Expr FactKey, JsonTemplate Payload) : TestStatement(At);

    public sealed record ExpectError(Span At, string Code) : TestStatement(At);

    public sealed record ExpectOutcome(Span At, Span NameAt, string Name, bool IsCheck, string Outcome)
        : TestStatement(At);

    public sealed record ExpectHolds(Span At, Expr Condition) : TestStatement(At);
}

/// <summary>The JSON of a fact in a test, with expressions over the property's variables where values stand.</summary>
internal abstract record JsonTemplate(Span At)
{
    public sealed record Object(Span At, IReadOnlyList<(string Name, JsonTemplate Value)> Members) : JsonTemplate(At);

    public sealed record Array(Span At, IReadOnlyList<JsonTemplate> Items) : JsonTemplate(At);

    public sealed record Null(Span At) : JsonTemplate(At);

    public sealed record Value(Span At, Expr Expression) : JsonTemplate(At);
}
