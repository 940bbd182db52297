using Bpc.Core.Canonical;

namespace Bpc.Core.Passports;

/// <summary>The one hash that stands for a whole proof in the receipt.</summary>
internal static class ProofRoot
{
    /// <summary>The hash of canonical <c>{checks: {name: node hash}, fields: {path: node hash}}</c>.</summary>
    public static string Hash(
        IEnumerable<KeyValuePair<string, string>> fields, IEnumerable<KeyValuePair<string, string>> checks) =>
        CanonicalJson.HashHex(JsonValue.Object(("checks", Members(checks)), ("fields", Members(fields))));

    private static JsonValue.Record Members(IEnumerable<KeyValuePair<string, string>> hashes) =>
        JsonValue.Object(hashes.Select(entry => (entry.Key, (JsonValue)entry.Value)));
}
