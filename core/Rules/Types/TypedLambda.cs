using Bpc.Core.Rules.Evaluate;

namespace Bpc.Core.Rules.Types;

/// <summary>A lambda: where its arguments go, and what it derives from them.</summary>
internal readonly record struct TypedLambda(int[] Slots, TypedExpression Body)
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
