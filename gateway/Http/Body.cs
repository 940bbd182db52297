using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Bpc.Core;
using Microsoft.AspNetCore.Http.Metadata;

namespace Bpc.Gateway.Http;

/// <summary>
/// A strict JSON body: what is unknown, repeated, missing or of the wrong kind is named by its JSON pointer, all of it
/// at once.
/// </summary>
internal sealed record Body<T>(T Value) : IEndpointParameterMetadataProvider where T : class
{
    // Of fifty thousand members that do not exist a client learns enough from the first.
    private const int MostViolations = 50;

    private static readonly ReadOnlyMemory<byte> s_nothing = "{}"u8.ToArray();

    public static ValueTask<Body<T>> BindAsync(HttpContext http)
    {
        var bytes = RequestBody.Of(http).Bytes;
        if (bytes.IsEmpty)
        {
            bytes = s_nothing; // a client that sends no body means one without members
        }
        else if (!http.Request.HasJsonContentType())
        {
            throw new BadHttpRequestException("not JSON", StatusCodes.Status415UnsupportedMediaType);
        }

        return ValueTask.FromResult(new Body<T>(Read(bytes)));
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata(["application/json"], typeof(T)));

    internal static T Read(ReadOnlyMemory<byte> utf8)
    {
        using var document = Parse(utf8);
        var info = Json.Strict.GetTypeInfo(typeof(T));
        Refuse(MemberViolations(document.RootElement, info, where: ""));
        var value = document.Deserialize<T>(Json.Strict)!;
        Refuse(ValueViolations(value));
        return value;
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> utf8)
    {
        if (StrictJson.Check(utf8.Span, Json.Strict.MaxDepth) is { } wrong)
        {
            throw new BpcException(BpcError.Validation, $"the body is not strict JSON: {wrong.Message}", [wrong]);
        }

        var document = JsonDocument.Parse(utf8, new() { MaxDepth = Json.Strict.MaxDepth });
        return document.RootElement.ValueKind is JsonValueKind.Object
            ? document
            : throw new BpcException(
                BpcError.Validation, "the body must be a JSON object", [new("", "expected an object")]);
    }

    private static IEnumerable<Violation> MemberViolations(JsonElement body, JsonTypeInfo info, string where)
    {
        var known = info.Properties.ToDictionary(p => p.Name, StringComparer.Ordinal);
        foreach (var member in body.EnumerateObject())
        {
            var place = where + JsonPointer.Of(member.Name);
            var found = known.TryGetValue(member.Name, out var property)
                ? Mismatches(member.Value, property.PropertyType, property.IsSetNullable, place)
                : [new(place, $"there is no such member; there are: {string.Join(", ", known.Keys)}")];
            foreach (var violation in found)
            {
                yield return violation;
            }
        }

        var required = info.Properties.Where(p => p.AssociatedParameter is { HasDefaultValue: false });
        foreach (var missing in required.Where(p => !body.TryGetProperty(p.Name, out _)))
        {
            yield return new(
                where + JsonPointer.Of(missing.Name), $"missing; expected {Expected(missing.PropertyType)}");
        }
    }

    // Arrays and objects are looked into here: the serializer takes null for any element, and stops at the first fault.
    private static IEnumerable<Violation> Mismatches(JsonElement value, Type type, bool nullable, string where)
    {
        var info = Json.Strict.GetTypeInfo(type);
        return (value.ValueKind, info.Kind) switch
        {
            (JsonValueKind.Null, _) => nullable ? [] : [new(where, $"null; expected {Expected(type)}")],
            (JsonValueKind.Array, JsonTypeInfoKind.Enumerable) => value.EnumerateArray().Index().SelectMany(element =>
                Mismatches(element.Item, type.GetElementType()!, nullable: false, $"{where}/{element.Index}")),
            (JsonValueKind.Object, JsonTypeInfoKind.Object) => MemberViolations(value, info, where),
            (_, JsonTypeInfoKind.None) => Unreadable(value, type) is { } why ? [new(where, why)] : [],
            _ => [new(where, $"expected {Expected(type)}")],
        };
    }

    private static string? Unreadable(JsonElement value, Type type)
    {
        try
        {
            // PostgreSQL's text has no U+0000.
            return value.Deserialize(type, Json.Strict) is string text && text.Contains('\0')
                ? "text without U+0000 expected" : null;
        }
        catch (JsonException)
        {
            return $"expected {Expected(type)}";
        }
    }

    private static IEnumerable<Violation> ValueViolations(T value)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(value, new(value), results, validateAllProperties: true);
        return results.Select(r => new Violation(
            JsonPointer.Of(Json.Strict.PropertyNamingPolicy!.ConvertName(r.MemberNames.First())), r.ErrorMessage!));
    }

    private static void Refuse(IEnumerable<Violation> found)
    {
        if (found.Take(MostViolations).ToList() is { Count: > 0 } violations)
        {
            throw new BpcException(BpcError.Validation, $"{violations[0].Where}: {violations[0].Message}", violations);
        }
    }

    private static string Expected(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when t == typeof(Guid) => "a UUID",
        var t when t == typeof(byte[]) => "base64 text",
        var t when t == typeof(Guid[]) => "an array of UUIDs",
        { IsArray: true } => "an array of objects",
        var t when t == typeof(DateTimeOffset) => "a time such as 2027-02-18T00:00:00Z",
        var t when t == typeof(JsonElement) => "an object",
        var t when t == typeof(long) || t == typeof(int) => "an integer",
        var t when t == typeof(string) => "text",
        _ => "an object",
    };
}
