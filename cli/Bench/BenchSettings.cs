using Bpc.Cli.Demo;
using Bpc.Cli.Settings;
using Bpc.Core.Settings;
using Bpc.Hosting;
using Bpc.Hosting.Logging;

namespace Bpc.Cli.Bench;

/// <summary>What a silo of the benchmark runs with: the machine's own settings on the scratch database.</summary>
internal static class BenchSettings
{
    public static BpcSettings Read(BpcHome home, ScratchDatabase database, Narrator narrator)
    {
        var settings = DevelopmentSettings.Read(home, narrator.Detail) with { Database = database.Settings };

        // As a worker logs, a line for each job included, but into a file: the terminal shows the figures.
        var usual = home.File("logs", "bench.log"); // taken while another bench runs
        var file = LogFile.IsTaken(usual) ? home.File("logs", $"bench-{Environment.ProcessId}.log") : usual;
        var log = settings.Log with { File = file, Console = false };
        narrator.Detail($"log ({log.Level}) in {log.File}");

        // No queue: what it brings is meant for the workers.
        return settings with { Log = log, Queue = new() };
    }
}
