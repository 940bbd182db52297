namespace Bpc.Cli.Bench;

/// <summary>What half, 95 and 99 of a hundred samples stay within, in milliseconds.</summary>
internal sealed record Quantiles(double P50Ms, double P95Ms, double P99Ms)
{
    public static Quantiles Of(IEnumerable<double> samples)
    {
        double[] sorted = [.. samples.Order()];
        return new(At(sorted, 0.50), At(sorted, 0.95), At(sorted, 0.99));
    }

    /// <summary>The median of each over the rounds.</summary>
    public static Quantiles MedianOf(IReadOnlyList<Quantiles> rounds) => new(
        Median(rounds.Select(r => r.P50Ms)), Median(rounds.Select(r => r.P95Ms)), Median(rounds.Select(r => r.P99Ms)));

    public static double Median(IEnumerable<double> values) => At([.. values.Order()], 0.50);

    // The nearest rank: always a value that was measured.
    private static double At(double[] sorted, double quantile) =>
        Math.Round(sorted[Math.Max(0, (int)Math.Ceiling(quantile * sorted.Length) - 1)], 2);
}
