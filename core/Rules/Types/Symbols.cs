using Bpc.Core.Rules.Syntax;

namespace Bpc.Core.Rules.Types;

/// <summary>Where an expression stands, which decides what it may name.</summary>
internal enum ExpressionPlace
{
    /// <summary>A field, a check or a condition: facts, fields by field(x), the product and the item.</summary>
    Rule,

    /// <summary>An expect: as a rule; and a field by its bare path, which then must have a value.</summary>
    Expectation,

    /// <summary>The input of a test case: its variables alone.</summary>
    TestInput,
}

/// <summary>What a package declares, as its expressions see it.</summary>
internal sealed class Symbols
{
    public Dictionary<string, RuleType.Record?> Facts { get; private init; } = new(StringComparer.Ordinal);

    /// <summary>What the package's own lets have named; the n-th keeps its value in slot n all the run.</summary>
    public List<(string Name, RuleType Type, bool ReadsFacts)> Lets { get; } = [];

    public Dictionary<string, FieldSymbol> Fields { get; private init; } = new(StringComparer.Ordinal);

    /// <summary>Every branch of the package, as <c>line 3, column 7: then</c>.</summary>
    public List<string> Branches { get; } = [];

    /// <summary>How many variables the largest expression has.</summary>
    public int Slots { get; set; }

    /// <summary>
    /// The same declarations with a count of variables of its own: a package is shared between threads.
    /// </summary>
    public Symbols ForTests() => new() { Facts = Facts, Fields = Fields };
}

internal sealed record FieldSymbol(string Path, RuleType Type, string Section, int Index, Span At);
