using Bpc.Core.Passports.Proving;
using Bpc.Core.Rules.Types;

namespace Bpc.Core.Rules.Evaluate;

/// <summary>Derives every field and check of a plan for one input.</summary>
internal sealed class PackageRun(Plan plan, RuleInput input, Coverage? coverage, int extraSlots = 0)
    : IDisposable
{
    private readonly Dictionary<string, int> _fieldIndex = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _checkIndex = new(StringComparer.Ordinal);
    private readonly List<FieldValue> _values = [];
    private readonly List<ComplianceLine> _lines = [];

    /// <summary>Stays usable after <see cref="Derive"/>: the expectations of tests read its fields.</summary>
    public Evaluation Evaluation { get; } = new(
        input, Math.Max(plan.Symbols.Slots, extraSlots), plan.Symbols.Fields.Count, coverage, proves: coverage is null);

    public void Dispose() => Evaluation.Dispose();

    public RuleResult Derive()
    {
        for (var slot = 0; slot < plan.Lets.Count; slot++)
        {
            Evaluation.Place = plan.Lets[slot].Name;
            Evaluation.Slots[slot] = plan.Lets[slot].Value(Evaluation);
        }

        foreach (var field in plan.Fields)
        {
            Evaluation.Place = field.Path;
            Derive(field);
        }

        foreach (var check in plan.Checks)
        {
            Evaluation.Place = check.Name;
            Derive(check);
        }

        var lines = _lines.OrderBy(line => line.Check, StringComparer.Ordinal).ToArray();
        var values = _values.OrderBy(value => value.Path, StringComparer.Ordinal).ToArray();
        return new(values, lines, Evaluation.Proof?.Build(_fieldIndex, _checkIndex) ?? Proof.None);
    }

    private void Derive(FieldPlan field)
    {
        var applicability = Applicability.Of(Evaluation, field.Applies);
        var derived = Value(field, applicability);
        if (derived is { Value.IsNone: false } given)
        {
            var value = Evaluation.Shown(given);
            Evaluation.FieldValues[field.Index] = value;
            _fieldIndex.Add(field.Path, value.Node);
            Evaluation.Spend(value.Value.Size); // the section repeats the value, however many fields share it
            _values.Add(new(field.Path, field.Section, value.Value.ToJson()));
            coverage?.Field(field.Path);
            return;
        }

        int[] because = [.. applicability.Because, .. derived is { } none ? [none.Node] : Array.Empty<int>()];
        var node = Emit(field.Path, applicability.Outcome, field.Cites, field.Section, because);
        Evaluation.FieldValues[field.Index] = new(NoneValue.Instance, node);
    }

    // Data given although nothing obliges to it is kept; but where a field does not apply, nothing is required of it.
    private Traced? Value(FieldPlan field, Applicability applicability)
    {
        try
        {
            return field.Body(Evaluation);
        }
        catch (RuleFailure failure) when (failure.IsRequirement && applicability.Outcome == Applicability.NotApplicable)
        {
            return null;
        }
    }

    private void Derive(CheckPlan check)
    {
        var applicability = Applicability.Of(Evaluation, check.Applies);
        if (applicability.Outcome != Applicability.Missing)
        {
            Emit(check.Name, Applicability.NotApplicable, check.Cites, check.Section, [.. applicability.Because]);
            return;
        }

        var answer = check.Body(Evaluation);
        var outcome = answer.Value is BoolValue holds ? holds.Value ? "PASS" : "FAIL" : Applicability.NotApplicable;
        Evaluation.Reached(outcome switch { "PASS" => check.PassBranch, "FAIL" => check.FailBranch, _ => -1 });
        Emit(check.Name, outcome, check.Cites, check.Section, [.. applicability.Because, answer.Node]);
    }

    private int Emit(string name, string outcome, string? cites, string section, int[] because)
    {
        Evaluation.Spend(1);
        var node = Evaluation.Proof?.ComplianceEmit(name, outcome, because) ?? 0;
        _checkIndex.Add(name, node);
        _lines.Add(new(name, outcome, cites, section));
        return node;
    }
}
