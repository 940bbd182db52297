using System.Security.Cryptography;
using System.Text;
using Bpc.Core.Canonical;
using Bpc.Core.Rules;

namespace Bpc.Core.Passports;

/// <summary>Writes the four sections: canonical <c>{compliance, fields, salt}</c>, fields nested by path.</summary>
internal static class SectionWriter
{
    private const int SecretBytes = 32;
    private const int SaltBytes = 16;

    public static IReadOnlyDictionary<string, byte[]> Write(
        RuleResult result, Guid passportVersionId, ReadOnlySpan<byte> secret)
    {
        RefuseConflicts(result);
        var sections = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var name in SectionNames.All)
        {
            sections.Add(name, CanonicalJson.Write(JsonValue.Object(
                ("compliance", Compliance(result.Compliance.Where(line => line.Section == name))),
                ("fields", Fields(result.Fields.Where(field => field.Section == name))),
                ("salt", Salt(secret, passportVersionId, name)))));
        }

        return sections;
    }

    /// <summary>
    /// Makes the hash of a hidden section unguessable although its values may be few; the same compile has the same
    /// salt.
    /// </summary>
    public static string Salt(ReadOnlySpan<byte> secret, Guid passportVersionId, string section)
    {
        if (secret.Length != SecretBytes)
        {
            throw new ArgumentException(
                $"a snapshot secret is {SecretBytes} bytes, not {secret.Length}", nameof(secret));
        }

        var code = HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes($"{passportVersionId:D}/{section}"));
        return Convert.ToHexStringLower(code.AsSpan(0, SaltBytes));
    }

    private static JsonValue.List Compliance(IEnumerable<ComplianceLine> lines) =>
        JsonValue.Array(lines.OrderBy(line => line.Check, StringComparer.Ordinal).Select(line => JsonValue.Object(
            ("check", line.Check),
            ("cites", line.Cites is null ? JsonValue.Null.Value : line.Cites),
            ("outcome", line.Outcome))));

    private static JsonValue.Record Fields(IEnumerable<FieldValue> fields)
    {
        var root = new Dictionary<string, JsonValue>(StringComparer.Ordinal);
        var branches = new Dictionary<string, Dictionary<string, JsonValue>>(StringComparer.Ordinal) { [""] = root };
        foreach (var field in fields)
        {
            var dot = field.Path.LastIndexOf('.');
            Branch(branches, dot < 0 ? "" : field.Path[..dot])[field.Path[(dot + 1)..]] = field.Value;
        }

        return new(root);
    }

    /// <summary>The members of the object at a path, made with all that lead to it.</summary>
    private static Dictionary<string, JsonValue> Branch(
        Dictionary<string, Dictionary<string, JsonValue>> branches, string path)
    {
        if (!branches.TryGetValue(path, out var members))
        {
            members = new(StringComparer.Ordinal);
            branches.Add(path, members);
            var dot = path.LastIndexOf('.');
            Branch(branches, dot < 0 ? "" : path[..dot])[path[(dot + 1)..]] = new JsonValue.Record(members);
        }

        return members;
    }

    // Over all sections, not within one: whoever sees two of them merges their fields.
    private static void RefuseConflicts(RuleResult result)
    {
        var paths = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in result.Fields)
        {
            Refuse(!paths.Add(field.Path), $"two fields have the path '{field.Path}'");
            Refuse(!SectionNames.All.Contains(field.Section), $"field '{field.Path}': no section '{field.Section}'");
        }

        foreach (var path in paths)
        {
            for (var dot = path.IndexOf('.'); dot >= 0; dot = path.IndexOf('.', dot + 1))
            {
                Refuse(
                    paths.Contains(path[..dot]),
                    $"field '{path}' lies inside field '{path[..dot]}', which is a value; rename one");
            }
        }

        var checks = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in result.Compliance)
        {
            Refuse(!checks.Add(line.Check), $"two compliance lines are named '{line.Check}'");
            Refuse(
                !SectionNames.All.Contains(line.Section), $"check '{line.Check}' is in no section ('{line.Section}')");
        }
    }

    private static void Refuse(bool wrong, string detail)
    {
        if (wrong)
        {
            throw new BpcException(BpcError.RuleType, detail);
        }
    }
}
