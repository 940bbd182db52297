using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Bpc.Core.Canonical;

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
    public static readonly JsonSerializerOptions Plain = SpellAnswers(new(JsonSerializerDefaults.Web));

    public static JsonSerializerOptions SpellAnswers(JsonSerializerOptions options)
    {
        options.Converters.Add(new TimeConverter());
        return Spell(options);
    }

    private static JsonSerializerOptions Spell(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        // Answers are never part of a page (application/json, nosniff): quotes and accents stay readable.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        return options;
    }

    /// <summary>
    /// Times as they are hashed and signed (docs/formats.md), so that an event's hash can be made anew.
    /// </summary>
    private sealed class TimeConverter : JsonConverter<DateTime>
    {
        public override DateTime Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            reader.GetDateTime();

        public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) =>
            writer.WriteStringValue(CanonicalTime.Text(Microseconds(value.ToUniversalTime())));

        private static DateTime Microseconds(DateTime utc) =>
            utc.AddTicks(-(utc.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
