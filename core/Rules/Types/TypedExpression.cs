using System.Diagnostics;
using Bpc.Core.Rules.Evaluate;

namespace Bpc.Core.Rules.Types;

/// <summary>An expression whose type is known, ready to run.</summary>
internal readonly record struct TypedExpression(RuleType Type, CompiledExpression Run)
{
    /// <summary>Stands for an expression with a reported error; a package that has one is never evaluated.</summary>
    public static readonly TypedExpression Unknown =
        new(RuleType.Anything, _ => throw new UnreachableException("a package with errors ran"));
}
