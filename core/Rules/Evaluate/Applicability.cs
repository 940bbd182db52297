using Bpc.Core.Rules.Types;

namespace Bpc.Core.Rules.Evaluate;

/// <summary>What it means that a field has no value, and the proof nodes that decided it.</summary>
internal readonly record struct Applicability(string Outcome, IReadOnlyList<int> Because)
{
    public const string Missing = "MISSING";
    public const string NotYetRequired = "NOT_YET_REQUIRED";
    public const string NotApplicable = "NOT_APPLICABLE";
    public const string ConditionUnresolved = "CONDITION_UNRESOLVED";

    /// <summary>
    /// The first clause for the battery's category whose time is not over decides. Without any clause a field applies
    /// always and to all; with clauses, but none such, it does not apply.
    /// </summary>
    public static Applicability Of(Evaluation run, IReadOnlyList<AppliesPlan> clauses)
    {
        if (clauses.Count == 0)
        {
            return new(Missing, []);
        }

        var clause = clauses.FirstOrDefault(c => !(run.Input.IssuedOn >= c.Until)
            && (c.Categories.Count == 0 || c.Categories.Contains(run.Input.Category)));
        if (clause is null)
        {
            return new(NotApplicable, []);
        }

        var condition = clause.When?.Invoke(run);
        IReadOnlyList<int> because = condition is { } step ? [step.Node] : [];
        return condition?.Value switch
        {
            BoolValue { Value: false } => new(NotApplicable, because),
            _ when run.Input.IssuedOn < clause.From => new(NotYetRequired, because),
            NoneValue => new(ConditionUnresolved, because),
            _ => new(Missing, because),
        };
    }
}
