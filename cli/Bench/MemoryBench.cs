namespace Bpc.Cli.Bench;

/// <summary>What this process holds while it works off a queue that is much longer than a silo has room for.</summary>
internal sealed class MemoryBench(BenchSilos silos, JobTable table, BenchReport report)
{
    private const int Drained = 50_000;
    private const double Megabyte = 1 << 20;

    public async Task RunAsync(int queued, CancellationToken ct)
    {
        await table.ClearAsync(ct);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var drained = silos.Noop.ExpectAsync(Math.Min(queued, Drained), ct);
        await table.InsertAsync(queued, ct);
        await drained;
        var during = GC.GetTotalMemory(forceFullCollection: true);
        report.Memory(queued, before / Megabyte, during / Megabyte);
        await table.ClearAsync(ct);
    }
}
