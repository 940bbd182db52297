using System.Collections;
using System.Diagnostics;
using Bpc.Core;
using Bpc.Core.Rules;
using Bpc.Core.Rules.Syntax;

namespace Bpc.Tests.Rules;

/// <summary>What holds for every package; a failure names its seed and shows the package.</summary>
public sealed class RuleLanguagePropertyTests
{
    private const int Packages = 150;
    private static readonly int s_seed = Environment.TickCount;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 2).Select(i => s_seed + (i * Packages))];

    [Theory, MemberData(nameof(Seeds))]
    public void What_type_checks_runs_to_a_value_or_to_an_error_of_the_data_and_always_ends(int seed) =>
        ForAll(seed, (source, rules) =>
        {
            var package = RulePackage.Compile(source);
            var input = RuleSamples.Input(rules.Snapshot());
            // Where it was the machine that stood still, the same input is quick the second time.
            Assert.True(Ends(package, input) || Ends(package, input), "it took 10 s twice");
        });

    [Theory, MemberData(nameof(Seeds))]
    public void What_is_printed_parses_to_the_same_tree_and_printing_again_changes_nothing(int seed) =>
        ForAll(seed, (source, rules) =>
        {
            var printed = RuleFormatter.Format(source);
            Assert.Equal(printed, RuleFormatter.Format(printed));
            Assert.Equal(Tree(source), Tree(printed));
            var facts = rules.Snapshot();
            Assert.Equal(Outcome(source, facts), Outcome(printed, facts));
        });

    [Theory, MemberData(nameof(Seeds))]
    public void Any_order_of_facts_on_any_thread_gives_the_same_bytes(int seed) => ForAll(seed, (source, rules) =>
    {
        var facts = rules.Snapshot();
        var expected = Outcome(source, facts);
        var package = RulePackage.Compile(source);
        Parallel.For(0, 4, i =>
        {
            var shuffled = (Core.Facts.Fact[])facts.Clone();
            new Random(i).Shuffle(shuffled);
            Assert.Equal(expected, Outcome(package, shuffled));
        });
    });

    /// <summary>Whether it ends within ten seconds, in a value or in an error of the data.</summary>
    private static bool Ends(RulePackage package, RuleInput input)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            package.Evaluate(input);
        }
        catch (BpcException e)
        {
            Assert.True(
                e.Code == BpcError.RuleAssertFailed || e.Code == BpcError.DivisionByZero
                || e.Code == BpcError.RuleBudgetExceeded, $"{e.Code.Name}: {e.Message}");
        }

        return Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(10);
    }

    private static void ForAll(int seed, Action<string, RandomRules> holds)
    {
        for (var i = seed; i < seed + Packages; i++)
        {
            var rules = new RandomRules(i);
            var source = rules.Package();
            try
            {
                holds(source, rules);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {i}: {e.Message}\n{source}", e);
            }
        }
    }

    private static string Outcome(string source, Core.Facts.Fact[] facts) =>
        Outcome(RulePackage.Compile(source), facts);

    /// <summary>The proof's root covers every value and outcome.</summary>
    private static string Outcome(RulePackage package, Core.Facts.Fact[] facts)
    {
        try
        {
            return package.Evaluate(RuleSamples.Input(facts)).Proof.RootHash;
        }
        catch (BpcException e)
        {
            // Where it happened moves with the layout; what happened does not.
            return $"{e.Code.Name} {e.Violations[0].Where} {e.Message.Split(" (line ")[0]}";
        }
    }

    private static string Tree(string source)
    {
        var diagnostics = new Diagnostics(new(source));
        var tree = DeclarationParser.Package(diagnostics);
        Assert.False(diagnostics.Any);
        return Shape(tree);
    }

    /// <summary>A syntax tree without the places of its nodes.</summary>
    private static string Shape(object? node) => node switch
    {
        null => "null",
        string or bool or int or long or DateOnly => $"{node}",
        Core.Rules.Types.RuleType or Core.Rules.Types.Unit => $"{node}",
        IEnumerable items => $"[{string.Join(" ", items.Cast<object?>().Select(Shape))}]",
        _ => $"({node.GetType().Name} {string.Join(" ", node.GetType().GetProperties()
            .Where(p => p.PropertyType != typeof(Span) && p.GetIndexParameters().Length == 0)
            .Select(p => Shape(p.GetValue(node))))})",
    };
}
