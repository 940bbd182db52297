namespace Bpc.Gateway.Http;

/// <summary>
/// How many large bodies are in memory at once: a document of 15 MiB is held about three times until it is stored, and
/// two thousand connections may send one. Who comes when all places are taken waits, and is answered 504 in the end.
/// </summary>
internal sealed class LargeBodies : IDisposable
{
    private const int AtOnce = 8;

    private readonly SemaphoreSlim _places = new(AtOnce);

    public async Task<IDisposable> EnterAsync(CancellationToken ct)
    {
        await _places.WaitAsync(ct);
        return new Place(_places);
    }

    public void Dispose() => _places.Dispose();

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        public void Dispose() => places.Release();
    }
}
