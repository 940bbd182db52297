namespace Bpc.Grains.Passports;

/// <summary>
/// How many replays are under way at once: where there are two processors or more, half of them are left to what makes
/// passports. Who comes when all turns are taken waits, until it is cancelled.
/// </summary>
internal sealed class ReplayTurns : IDisposable
{
    public static readonly int AtOnce = Math.Max(1, Environment.ProcessorCount / 2);

    private readonly SemaphoreSlim _turns = new(AtOnce);

    /// <summary>The turn ends when it is disposed.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken ct)
    {
        await _turns.WaitAsync(ct);
        return new Turn(_turns);
    }

    public void Dispose() => _turns.Dispose();

    private sealed class Turn(SemaphoreSlim turns) : IDisposable
    {
        public void Dispose() => turns.Release();
    }
}
