using Bpc.Core.Canonical;

namespace Bpc.Core.Passports.Proving;

/// <summary>The one hash that stands for a whole proof in the receipt.</summary>
internal static class ProofRoot
{
    /// <summary>
    /// The hash of canonical <c>{checks: {name: node hash}, fields: {path: node hash}}</c>; both in ordinal order.
    /// </summary>
    public static string Hash(
        IEnumerable<KeyValuePair<string, string>> fields, IEnumerable<KeyValuePair<string, string>> checks)
    {
        using var writer = new CanonicalWriter();
        writer.BeginObject();
        Members(writer, "checks", checks);
        Members(writer, "fields", fields);
        writer.EndObject();
        return CanonicalJson.HashHex(writer.Written);
    }

    private static void Members(
        CanonicalWriter writer, string name, IEnumerable<KeyValuePair<string, string>> hashes)
    {
        writer.Name(name);
        writer.BeginObject();
        foreach (var (key, hash) in hashes)
        {
            writer.Name(key);
            writer.Text(hash);
        }

        writer.EndObject();
    }
}
