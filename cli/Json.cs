using System.Text.Encodings.Web;
using System.Text.Json;

namespace Bpc.Cli;

/// <summary>What <c>--json</c> prints: one line per answer, members in snake_case.</summary>
internal static class Json
{
    private static readonly JsonSerializerOptions s_options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,

        // Terminals and jq read UTF-8; "+" of base64 stays "+". Nothing here is put into a page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Line<T>(T value) => JsonSerializer.Serialize(value, s_options);
}
