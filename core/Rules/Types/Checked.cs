using System.Diagnostics;
using Bpc.Core.Rules.Evaluate;

namespace Bpc.Core.Rules.Types;

/// <summary>An expression whose type is known, ready to run.</summary>
internal readonly record struct Checked(RuleType Type, Step Run)
{
    /// <summary>Stands for an expression with a reported error; a package that has one is never evaluated.</summary>
    public static readonly Checked Unknown =
        new(RuleType.Anything, _ => throw new UnreachableException("a package with errors ran"));
}

/// <summary>A lambda: where its arguments go, and what it derives from them.</summary>
internal readonly record struct CheckedLambda(int[] Slots, Checked Body)
{
    public RuleType Type => Body.Type;

    public Traced Call(Evaluation run, params ReadOnlySpan<Traced> arguments)
    {
        run.Spend(1);
        for (var i = 0; i < Slots.Length; i++)
        {
            run.Slots[Slots[i]] = arguments[i];
        }

        return Body.Run(run);
    }
}
