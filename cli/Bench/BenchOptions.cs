using System.CommandLine;

namespace Bpc.Cli.Bench;

/// <summary>What several benchmarks are asked alike.</summary>
internal static class BenchOptions
{
    public static Option<int> Rounds() => CommonOptions.Whole("--rounds", 3, 1, 20, "How often; medians are shown.");
}
