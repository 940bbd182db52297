using Bpc.Core;
using Bpc.Core.Rules;

namespace Bpc.Tests.Rules;

/// <summary>
/// Sources cut, repeated and mixed at random, from a stated seed: refused with errors or accepted, never anything else.
/// </summary>
public sealed class RuleFuzzTests
{
    [Fact]
    public void Whatever_is_written_is_refused_with_errors_or_runs_without_a_type_error()
    {
        var random = new Random(20270218);
        var words = (RuleSamples.Battery + RuleSamples.BatteryTests).Split(
            [' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < 400; i++)
        {
            try
            {
                var package = RulePackage.Compile(Mutated(random, words));
                package.Evaluate(RuleSamples.Input(
                    RuleSamples.Fact("Battery", "battery:SKU-123", """{"rated_capacity_kwh":"1"}""")));
            }
            catch (BpcException e)
            {
                Assert.Contains(e.Code, new[]
                {
                    BpcError.RuleParse, BpcError.RuleType, BpcError.UnitMismatch, BpcError.RuleCycle,
                        BpcError.RuleBudgetExceeded,
                    BpcError.RuleAssertFailed, BpcError.DivisionByZero,
                });
                Assert.NotEmpty(e.Violations);
            }
        }
    }

    private static string Mutated(Random random, string[] words)
    {
        var source = RuleSamples.Battery;
        for (var n = random.Next(1, 4); n > 0; n--)
        {
            var at = random.Next(source.Length);
            var length = Math.Min(random.Next(12), source.Length - at);
            source = random.Next(3) switch
            {
                0 => source.Remove(at, length),
                1 => source.Insert(at, $" {words[random.Next(words.Length)]} "),
                _ => source.Insert(at, source.Substring(at, length)),
            };
        }

        return source;
    }
}
