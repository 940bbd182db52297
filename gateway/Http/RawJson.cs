using System.Data;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dapper;

namespace Bpc.Gateway.Http;

/// <summary>JSON out of the database that goes into an answer as it stands, never parsed and written anew.</summary>
[JsonConverter(typeof(Converter))]
internal sealed record RawJson(ReadOnlyMemory<byte> Utf8)
{
    /// <summary>From bytea (canonical bytes) or jsonb as text.</summary>
    public sealed class ColumnHandler : SqlMapper.TypeHandler<RawJson>
    {
        public override RawJson Parse(object value) => value switch
        {
            byte[] bytes => new(bytes),
            string text => new(Encoding.UTF8.GetBytes(text)),
            _ => throw new DataException($"a column of {value.GetType()} holds no JSON"),
        };

        public override void SetValue(IDbDataParameter parameter, RawJson? value) =>
            throw new NotSupportedException("the gateway writes no columns");
    }

    private sealed class Converter : JsonConverter<RawJson>
    {
        public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("request bodies hold no raw JSON");

        public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) =>
            writer.WriteRawValue(value.Utf8.Span, skipInputValidation: true);
    }
}
