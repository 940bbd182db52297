using Spectre.Console;

namespace Bpc.Cli.Bench;

/// <summary>Medians of the rounds: a JSON line each as they come, or a table for people at the end.</summary>
internal sealed class BenchReport(Terminal terminal, bool json, int silos)
{
    private const string Peer = "bpc";

    private readonly Table _rates =
        new Table().Border(TableBorder.Simple).AddColumns("", "median a second", "lowest", "highest");

    private readonly Table _latencies = new Table().Border(TableBorder.Simple).AddColumns("ms", "p50", "p95", "p99");

    private readonly Table _others = new Table().Border(TableBorder.Simple).AddColumns("", "");

    public void Jobs(string measure, string? mode, int jobs, IReadOnlyList<double> rates)
    {
        var (median, lowest, highest) = AddRates(mode is null ? measure : $"{measure}, {mode}", rates);
        Line(new RateLine(Peer, measure, mode, silos, jobs, rates.Count, median, lowest, highest));
    }

    public void Passports(string measure, int passports, IReadOnlyList<double> rates)
    {
        var (median, lowest, highest) = AddRates(measure, rates);
        Line(new PassportLine(Peer, measure, silos, passports, rates.Count, median, lowest, highest));
    }

    /// <param name="bare">The median rate of the bare server, which the ratio is of.</param>
    public void Requests(string measure, int callers, int requests, IReadOnlyList<double> rates, double bare)
    {
        var (median, lowest, highest) = AddRates(measure, rates);
        Line(new RequestLine(
            measure.StartsWith("bare", StringComparison.Ordinal) ? "aspnetcore" : Peer, measure, callers, requests,
            rates.Count, median, lowest, highest, Math.Round(median / bare, 2)));
    }

    public void Latency(string measure, int samples, IReadOnlyList<Quantiles> rounds)
    {
        var median = Quantiles.MedianOf(rounds);
        _latencies.AddRow(measure, $"{median.P50Ms:n2}", $"{median.P95Ms:n2}", $"{median.P99Ms:n2}");
        Line(new LatencyLine(
            Peer, measure, silos, samples, rounds.Count, median.P50Ms, median.P95Ms, median.P99Ms));
    }

    public void Ratio(string measure, double ratio)
    {
        _others.AddRow($"{measure}, ratio", $"{ratio:n2}");
        Line(new RatioLine(Peer, $"{measure}_ratio", silos, Math.Round(ratio, 3)));
    }

    public void Cost(int jobs, double transactions, double syncs, double logBytes, double siloMicroseconds)
    {
        _others.AddRow("transactions a job", $"{transactions:n3}");
        _others.AddRow("waits for the disk a job", $"{syncs:n3}");
        _others.AddRow("log bytes a job", $"{logBytes:n0}");
        _others.AddRow("processor time of the silo a job, µs", $"{siloMicroseconds:n0}");
        Line(new CostLine(Peer, "cost", silos, jobs, Math.Round(transactions, 4), Math.Round(syncs, 4),
            Math.Round(logBytes), Math.Round(siloMicroseconds, 1)));
    }

    public void Memory(int queued, double beforeMb, double duringMb)
    {
        _others.AddRow($"memory with {queued:n0} queued, MB (before)", $"{duringMb:n1} ({beforeMb:n1})");
        Line(new MemoryLine(Peer, "memory", silos, queued, Math.Round(beforeMb, 1), Math.Round(duringMb, 1)));
    }

    public void ShowTables()
    {
        foreach (var table in new[] { _rates, _latencies, _others }.Where(t => !json && t.Rows.Count > 0))
        {
            terminal.Out.Write(table);
        }
    }

    private (double Median, double Lowest, double Highest) AddRates(string name, IReadOnlyList<double> rates)
    {
        var (median, lowest, highest) = (
            Math.Round(Quantiles.Median(rates), 1), Math.Round(rates.Min(), 1), Math.Round(rates.Max(), 1));
        _rates.AddRow(name, $"{median:n0}", $"{lowest:n0}", $"{highest:n0}");
        return (median, lowest, highest);
    }

    private void Line<T>(T line)
    {
        if (json)
        {
            terminal.WriteJson(line);
        }
    }
}
