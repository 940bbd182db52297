using System.Text.Json;
using Bpc.Core.Passports.Signing;
using Bpc.Core.Rules;
using Bpc.Gateway.Passports;
using Bpc.Gateway.Queries;

namespace Bpc.Gateway.Pages;

/// <summary>
/// Turns a stored public section into what the page shows: grouped by the first part of each path, in the order the
/// rules declare their fields.
/// </summary>
internal static class PassportViews
{
    public static PassportView Of(PublicPassportRow row, IReadOnlyDictionary<string, FieldInfo> catalogue)
    {
        using var section = JsonDocument.Parse(row.PublicSection);
        var lines = Lines(section.RootElement.GetProperty("fields"), [], catalogue).OrderBy(l => l.Order);
        var groups = lines.GroupBy(l => l.Path[0], l => l.Line)
            .Select(g => new ValueGroup(Labels.Words(g.Key), [.. g])).ToList();
        var checks = Sections.Compliance(section.RootElement).Select(Check).ToList();
        var signing = new Signing(
            row.SigningKeyId, KeyThumbprint.Of(row.SigningPublicKey), row.IssuedAt, row.SignedAt,
            row.PayloadHash, row.ProofRootHash, row.ReceiptHash);
        return new(
            row.PassportVersionId, row.ProductName, row.Sku, row.Category, row.SerialNumber, States.Of(row), groups,
            checks, signing);
    }

    /// <summary>
    /// A field of the catalogue is one line, whatever it holds; without one, an object is a step further down.
    /// </summary>
    private static IEnumerable<(string[] Path, int Order, ValueLine Line)> Lines(
        JsonElement value, string[] path, IReadOnlyDictionary<string, FieldInfo> catalogue)
    {
        var field = catalogue.GetValueOrDefault(string.Join('.', path));
        if (field is null && value.ValueKind is JsonValueKind.Object)
        {
            return value.EnumerateObject().SelectMany(m => Lines(m.Value, [.. path, m.Name], catalogue));
        }

        var label = Labels.Of(path.Length > 1 ? path[1..] : path, field?.Unit);
        var line = new ValueLine(label, DisplayValue.Of(value), Labels.Unit(field?.Unit), field?.Cites);
        return [(path, field?.Index ?? int.MaxValue, line)];
    }

    private static CheckLine Check((string Check, string Outcome, string? Cites) line)
    {
        var (words, tone) = States.Of(line.Outcome);
        return new(Labels.Of(line.Check.Split('.'), null), words, tone, line.Cites);
    }
}
