using System.Text.Json.Nodes;
using Bpc.Core;
using Bpc.Core.Passports;
using Bpc.Core.Passports.Verifying;
using Spectre.Console;

namespace Bpc.Cli.Demo;

/// <summary>
/// What the passport leaves to check: the bundle, verified offline, and the table of what is still missing.
/// </summary>
internal sealed class Evidence(Api api, Narrator narrator)
{
    /// <summary>
    /// Stores the bundle and verifies it with the key we signed with, taken from our settings and not from the bundle.
    /// </summary>
    public async Task SaveBundleAsync(string versionId, FileInfo target, byte[] trustedKey, CancellationToken ct)
    {
        var bundle = await narrator.StepAsync(
            "The bundle is fetched",
            () => api.BytesAsync($"v1/passport-versions/{versionId}/bundle", ct),
            bytes => [$"{bytes.Length:n0} bytes: {target.FullName}"]);
        await File.WriteAllBytesAsync(target.FullName, bundle, ct);
        var report = await narrator.StepAsync(
            "It is verified offline, with the public key alone",
            () => Task.FromResult(BundleVerifier.Verify(bundle, [trustedKey])),
            r => r.Steps.Select(s => $"{(s.Ok ? "✓" : "✗")} {s.Name}: {s.Detail}"));
        if (report.Mismatch is { } mismatch)
        {
            throw new BpcException(BpcError.SignatureInvalid, $"{mismatch.Name}: {mismatch.Detail}");
        }
    }

    /// <summary>Every value without evidence and every check, from the compliance lists of the four sections.</summary>
    public async Task ShowGapsAsync(string versionId, CancellationToken ct)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("outcome", "what", "cites", "section");
        var outcomes = new List<string>();
        foreach (var section in SectionNames.All)
        {
            var content = await api.GetAsync($"v1/passport-versions/{versionId}/sections/{section}", ct);
            foreach (var line in content["compliance"]!.AsArray().OfType<JsonObject>())
            {
                var outcome = (string)line["outcome"]!;
                outcomes.Add(outcome);
                if (outcome is not ("PASS" or "NOT_APPLICABLE"))
                {
                    table.AddRow(
                        new Text(outcome), new Text((string)line["check"]!), new Text((string?)line["cites"] ?? ""),
                        new Text(section));
                }
            }
        }

        narrator.Title("What is missing");
        narrator.Detail(string.Join(", ", outcomes.CountBy(o => o).OrderBy(o => o.Key, StringComparer.Ordinal)
            .Select(o => $"{o.Value} {o.Key}")));
        if (table.Rows.Count > 0)
        {
            narrator.Console.Write(table);
        }
    }
}
