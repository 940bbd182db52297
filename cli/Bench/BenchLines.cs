using System.Text.Json.Serialization;

namespace Bpc.Cli.Bench;

/// <summary>Jobs a second: the median of the rounds, and how far they lay apart.</summary>
internal sealed record RateLine(
    string Peer, string Measure,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Mode,
    int Silos, int Jobs, int Rounds, double JobsPerS, double LowestPerS, double HighestPerS);

/// <summary>Passports a second, in the same way.</summary>
internal sealed record PassportLine(
    string Peer, string Measure, int Silos, int Passports, int Rounds,
    double PassportsPerS, double LowestPerS, double HighestPerS);

/// <summary>Milliseconds: of each quantile the median of the rounds.</summary>
internal sealed record LatencyLine(
    string Peer, string Measure, int Silos, int Samples, int Rounds, double P50Ms, double P95Ms, double P99Ms);
