using Bpc.Core;

namespace Bpc.Gateway.Http;

/// <summary>RFC 6901.</summary>
internal static class JsonPointer
{
    private const int MaxName = 100;

    /// <summary>One step. A name that only somebody hostile would send is not sent back whole.</summary>
    public static string Of(string name)
    {
        var shown = ShortText.Of(name, MaxName);
        return $"/{shown.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";
    }
}
