using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Bpc.Gateway.Http;

/// <summary>How the API spells JSON.</summary>
internal static class Json
{
    private const int MaxDepth = 16;

    /// <summary>
    /// For request bodies: what is unknown, null where it must not be, or only nearly right is refused.
    /// </summary>
    public static readonly JsonSerializerOptions Strict = Spell(new(JsonSerializerOptions.Strict)
    {
        MaxDepth = MaxDepth,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    });

    /// <summary>For answers.</summary>
    public static readonly JsonSerializerOptions Plain = Spell(new(JsonSerializerDefaults.Web));

    public static JsonSerializerOptions Spell(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        // Answers are never part of a page (application/json, nosniff): quotes and accents stay readable.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        return options;
    }
}
