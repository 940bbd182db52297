namespace Bpc.Core.Canonical;

/// <summary>How much a buffer takes; more is refused before there is memory for it.</summary>
/// <param name="What">What is written, for the message: <c>proof</c>.</param>
internal sealed record ByteLimit(string What, int Most, BpcError Error)
{
    public BpcException Exceeded() => new(Error, $"the {What} takes more than {Most} bytes while it is made");
}
