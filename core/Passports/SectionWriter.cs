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

    // Far more than a payload may have: its own limit is looked at when all sections are written.
    private static readonly ByteLimit s_limit = new("section", 16 * 1024 * 1024, BpcError.PayloadTooLarge);

    public static IReadOnlyDictionary<string, byte[]> Write(
        RuleResult result, Guid passportVersionId, ReadOnlySpan<byte> secret)
    {
        RefuseConflicts(result);
        using var writer = new CanonicalWriter(s_limit);
        var sections = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var name in SectionNames.All)
        {
            writer.Restart();
            writer.BeginObject();
            writer.Name("compliance");
            Compliance(writer, result.Compliance.Where(line => line.Section == name));
            writer.Name("fields");
            Fields(writer, result.Fields.Where(field => field.Section == name));
            writer.Name("salt");
            writer.Text(Salt(secret, passportVersionId, name));
            writer.EndObject();
            sections.Add(name, writer.ToArray());
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

    private static void Compliance(CanonicalWriter writer, IEnumerable<ComplianceLine> lines)
    {
        writer.BeginArray();
        foreach (var line in lines.OrderBy(line => line.Check, StringComparer.Ordinal))
        {
            writer.BeginObject();
            writer.Name("check");
            writer.Text(line.Check);
            writer.Name("cites");
            writer.Value(line.Cites is null ? JsonValue.Null.Value : line.Cites);
            writer.Name("outcome");
            writer.Text(line.Outcome);
            writer.EndObject();
        }

        writer.EndArray();
    }

    /// <summary>
    /// Nests the fields by their paths. A point sorts before every character of a name, so paths in ordinal order are
    /// objects in the order of their members.
    /// </summary>
    private static void Fields(CanonicalWriter writer, IEnumerable<FieldValue> fields)
    {
        string[] open = [];
        writer.BeginObject();
        foreach (var field in fields.OrderBy(field => field.Path, StringComparer.Ordinal))
        {
            var path = field.Path.Split('.');
            var common = 0;
            while (common < Math.Min(open.Length, path.Length - 1) && open[common] == path[common])
            {
                common++;
            }

            Close(writer, open.Length - common);
            foreach (var branch in path[common..^1])
            {
                writer.Name(branch);
                writer.BeginObject();
            }

            writer.Name(path[^1]);
            writer.Value(field.Value);
            open = path[..^1];
        }

        Close(writer, open.Length + 1);
    }

    private static void Close(CanonicalWriter writer, int objects)
    {
        for (var i = 0; i < objects; i++)
        {
            writer.EndObject();
        }
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
