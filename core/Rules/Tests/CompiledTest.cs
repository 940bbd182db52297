using Bpc.Core.Rules.Evaluate;
using Bpc.Core.Rules.Types;

namespace Bpc.Core.Rules.Tests;

/// <summary>An example or property, checked and ready to run.</summary>
internal sealed record CompiledTest(
    string Name, int Cases, long Seed, IReadOnlyList<Domain> Domains, CaseInput Input,
    IReadOnlyList<Expectation> Expectations, int Slots)
{
    public RuleInput InputOf(long[] numbers)
    {
        using var variables = new Evaluation(CaseInput.Empty, Slots, 0, null, proves: false);
        Assign(variables, numbers);
        return Input.Make(variables);
    }

    /// <summary>
    /// Runs one case: null where all expectations hold, else the first that does not and what was instead.
    /// </summary>
    public (string Expected, string Actual)? Run(Plan plan, RuleInput input, long[] numbers, Coverage coverage)
    {
        using var run = new PackageRun(plan, input, coverage, Slots);
        RuleFailure? failure = null;
        RuleResult? result = null;
        try
        {
            result = run.Derive();
        }
        catch (RuleFailure thrown)
        {
            failure = thrown;
        }

        var outcome = new CaseOutcome(run.Evaluation, result, failure);
        if (failure is not null && !Expectations.Any(e => e.ExpectsError))
        {
            return ("no error", outcome.Error!);
        }

        Assign(run.Evaluation, numbers);
        foreach (var expectation in Expectations)
        {
            if (expectation.Actual(outcome) is { } actual)
            {
                return (expectation.Expected, actual);
            }
        }

        return null;
    }

    /// <summary>The values of the variables: <c>c = 0.001, n = 1</c>.</summary>
    public string Describe(long[] numbers) =>
        string.Join(", ", Domains.Select((domain, i) => $"{domain.Variable} = {domain.At(numbers[i]).Shown}"));

    private void Assign(Evaluation evaluation, long[] numbers)
    {
        for (var i = 0; i < numbers.Length; i++)
        {
            var value = Domains[i].At(numbers[i]);
            evaluation.Slots[i] = evaluation.Const(value);
        }
    }
}

/// <summary>What one case gave.</summary>
internal sealed record CaseOutcome(Evaluation Evaluation, RuleResult? Result, RuleFailure? Failure)
{
    public string? Error => Failure?.In(Evaluation.Place).Message;
}

/// <param name="Actual">Null where it holds, else what was instead.</param>
internal sealed record Expectation(string Expected, bool ExpectsError, Func<CaseOutcome, string?> Actual);
