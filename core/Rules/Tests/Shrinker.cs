namespace Bpc.Core.Rules.Tests;

/// <summary>Makes a failing case as simple as it can be while it still fails.</summary>
internal static class Shrinker
{
    // Each try runs the whole package; a case that needs more is shown as far as it got.
    private const int MaxTries = 2_000;

    public static long[] Shrink(long[] failing, IReadOnlyList<Domain> domains, Func<long[], bool> fails)
    {
        var best = (long[])failing.Clone();
        var tries = 0;
        for (var improved = true; improved && tries < MaxTries;)
        {
            improved = false;
            for (var i = 0; i < best.Length; i++)
            {
                // Whole distance to the simplest first, then half of it, a quarter, … down to one.
                for (var step = best[i] - domains[i].Simplest; step != 0 && tries < MaxTries; step /= 2)
                {
                    var candidate = (long[])best.Clone();
                    candidate[i] -= step;
                    tries++;
                    if (fails(candidate))
                    {
                        (best, improved) = (candidate, true);
                        step = best[i] - domains[i].Simplest;
                        step += step == 0 ? 0 : Math.Sign(step);
                    }
                }
            }
        }

        return best;
    }
}
