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

/// <summary>What one job of a drain costs.</summary>
internal sealed record CostLine(
    string Peer, string Measure, int Silos, int Jobs, double TransactionsPerJob, double SyncsPerJob,
    double LogBytesPerJob, double SiloMicrosecondsPerJob);

/// <summary>One rate as a part of another.</summary>
internal sealed record RatioLine(string Peer, string Measure, int Silos, double Ratio);

/// <summary>Managed memory of this process, collected: with an empty table, and with so many jobs queued.</summary>
internal sealed record MemoryLine(string Peer, string Measure, int Silos, int Queued, double BeforeMb, double DuringMb);

/// <summary>Requests a second in the same way, and their ratio to the bare server's in the same run.</summary>
internal sealed record RequestLine(
    string Peer, string Measure, int Callers, int Requests, int Rounds,
    double RequestsPerS, double LowestPerS, double HighestPerS, double RatioToBare);
