using System.Text;
using Bpc.Core.Canonical;

namespace Bpc.Core.Passports;

/// <summary>
/// Where two JSON values differ first, in canonical order, with both sides as JSON (<c>nothing</c> where one has none).
/// </summary>
/// <param name="Path">Member names and indexes joined by dots; empty for the whole value.</param>
internal sealed record JsonDifference(string Path, string Left, string Right)
{
    private const int MaxShown = 200;

    public static JsonDifference? First(JsonValue? left, JsonValue? right) => First(left, right, "");

    private static JsonDifference? First(JsonValue? left, JsonValue? right, string path) => (left, right) switch
    {
        (JsonValue.Record a, JsonValue.Record b) => a.Members.Keys.Union(b.Members.Keys).Order(StringComparer.Ordinal)
            .Select(name => First(a[name], b[name], Join(path, name))).FirstOrDefault(d => d is not null),
        (JsonValue.List a, JsonValue.List b) => Enumerable.Range(0, Math.Max(a.Items.Count, b.Items.Count))
            .Select(i => First(Item(a, i), Item(b, i), Join(path, $"{i}"))).FirstOrDefault(d => d is not null),
        _ => left == right ? null : new(path, Show(left), Show(right)),
    };

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static JsonValue? Item(JsonValue.List list, int index) =>
        index < list.Items.Count ? list.Items[index] : null;

    private static string Show(JsonValue? value) =>
        ShortText.Of(value is null ? "nothing" : Encoding.UTF8.GetString(CanonicalJson.Write(value)), MaxShown);
}
