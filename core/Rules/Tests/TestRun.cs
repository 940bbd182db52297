using Bpc.Core.Rules.Evaluate;
using Bpc.Core.Rules.Types;

namespace Bpc.Core.Rules.Tests;

/// <summary>Runs tests one after the other and counts distinct inputs.</summary>
internal sealed class TestRun(Plan plan, long seed, CancellationToken ct)
{
    // How often a property draws again, a case, for an input it has not had: a small domain simply has fewer cases.
    private const int Redraws = 20;

    private readonly Coverage _coverage = new(plan.Symbols.Branches.Count);
    private readonly HashSet<string> _inputs = new(StringComparer.Ordinal);
    private readonly List<RuleTestFailure> _failures = [];
    private readonly HashSet<string> _failed = new(StringComparer.Ordinal);

    public void Add(CompiledTest test)
    {
        var random = new CaseRandom(test.Name, test.Seed, seed);
        var drawn = new HashSet<string>(StringComparer.Ordinal);
        long[]? firstFailing = null;
        for (var (number, draws) = (0, 0); number < test.Cases && draws < test.Cases * Redraws; draws++)
        {
            ct.ThrowIfCancellationRequested();
            var numbers = random.Case(draws, test.Domains);
            if (!drawn.Add(string.Join(',', numbers)))
            {
                continue;
            }

            number++;
            if (Run(test, numbers, counts: true) is not null)
            {
                firstFailing ??= numbers;
            }
        }

        if (firstFailing is not null)
        {
            var simplest = Shrinker.Shrink(firstFailing, test.Domains, numbers =>
            {
                ct.ThrowIfCancellationRequested();
                return Run(test, numbers, counts: false) is not null;
            });
            var (expected, actual) = Run(test, simplest, counts: false)!.Value;
            _failures.Add(new(test.Name, test.Describe(simplest), expected, actual));
        }
    }

    public RuleTestReport Report() => new(
        _inputs.Count, _failed.Count, seed, _failures,
        [.. plan.Fields.Select(f => f.Path).Where(path => !_coverage.Reached(path))],
        [.. plan.Symbols.Branches.Where((_, i) => !_coverage.Reached(i))]);

    // The tries of shrinking are no cases of their own.
    private (string Expected, string Actual)? Run(CompiledTest test, long[] numbers, bool counts)
    {
        var identity = $"{test.Name} {string.Join(',', numbers)}"; // of what makes no input
        (string Expected, string Actual)? wrong;
        try
        {
            var input = test.InputOf(numbers);
            identity = Identity(input);
            wrong = test.Run(plan, input, numbers, _coverage);
        }
        catch (RuleFailure failure)
        {
            wrong = ("an input", failure.In(null).Message);
        }

        if (counts)
        {
            _inputs.Add(identity);
            if (wrong is not null)
            {
                _failed.Add(identity);
            }
        }

        return wrong;
    }

    private static string Identity(RuleInput input) => string.Join('\n', input.Facts
        .Select(fact => $"{fact.FactType}\t{fact.FactKey}\t{fact.PayloadHash}")
        .Order(StringComparer.Ordinal)
        .Prepend($"{input.Sku}\t{input.Category}\t{input.SerialNumber}\t{input.IssuedOn:O}"));
}
