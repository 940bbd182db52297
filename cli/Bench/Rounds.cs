using Bpc.Cli.Demo;

namespace Bpc.Cli.Bench;

/// <summary>Measures as often as asked and says each result as it comes.</summary>
internal sealed class Rounds(Narrator narrator, int count)
{
    public int Count => count;

    public Task<double> OneAsync(string measure, Func<Task<double>> round) =>
        narrator.StepAsync(measure, round, result => [Rate(result)]);

    public Task<List<double>> RatesAsync(string measure, Func<Task<double>> round) => AllAsync(measure, round, Rate);

    public Task<List<Quantiles>> LatenciesAsync(string measure, Func<Task<Quantiles>> round) =>
        AllAsync(measure, round, took => $"p50 {took.P50Ms} ms, p99 {took.P99Ms} ms");

    private async Task<List<T>> AllAsync<T>(string measure, Func<Task<T>> round, Func<T, string> tell)
    {
        var results = new List<T>(count);
        for (var number = 1; number <= count; number++)
        {
            results.Add(await narrator.StepAsync(
                $"{measure}, round {number} of {count}", round, result => [tell(result)]));
        }

        return results;
    }

    private static string Rate(double rate) => $"{rate:n0} jobs a second";
}
