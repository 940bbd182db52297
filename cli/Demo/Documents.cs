using System.Text.Json.Nodes;
using Bpc.Core;

namespace Bpc.Cli.Demo;

/// <summary>A fact the worker found in a document.</summary>
internal sealed record FoundFact(string FactId, string FactType, string FactKey, JsonNode Payload);

/// <summary>Uploads documents and collects the facts that the worker reads out of them.</summary>
internal sealed class Documents(Api api, Narrator narrator)
{
    public async Task<IReadOnlyList<FoundFact>> UploadAllAsync(IReadOnlyList<InputDocument> files, CancellationToken ct)
    {
        foreach (var skipped in files.Where(f => f.Kind is null))
        {
            narrator.Detail($"{skipped.File.Name} is skipped: {skipped.Reason}");
        }

        // One after the other, so that each shows its own time; every file's violations are told, not only the first's.
        var documents = files.Where(f => f.Kind is not null).ToList();
        var facts = new List<FoundFact>();
        var problems = new List<Violation>();
        foreach (var file in documents)
        {
            var (found, violations) = await narrator.StepAsync(
                $"{file.File.Name} is uploaded as {file.Kind} and parsed",
                () => UploadAsync(file, ct),
                outcome => Tell(file, outcome.Facts));
            facts.AddRange(found);
            problems.AddRange(violations);
        }

        return problems.Count == 0 ? facts : throw new BpcException(
            BpcError.DocumentRejected, $"{problems.Count} violations in the documents", problems);
    }

    private async Task<(IReadOnlyList<FoundFact> Facts, IReadOnlyList<Violation> Violations)> UploadAsync(
        InputDocument file, CancellationToken ct)
    {
        var document = await api.PostAsync("v1/documents", new { file.Kind, ExternalRef = file.File.Name }, ct);
        var content = Convert.ToBase64String(await File.ReadAllBytesAsync(file.File.FullName, ct));
        var uploaded = await api.PostAsync(
            $"v1/documents/{document["document_id"]}/versions", new { file.MimeType, Content = content }, ct);

        var id = (string)uploaded["document_version_id"]!;
        var version = await api.WaitAsync($"v1/document-versions/{id}", v => (string?)v["status"] != "UPLOADED", ct);
        if ((string?)version["status"] == "REJECTED")
        {
            var violations = Api.ViolationsOf(version["violations"]);
            return ([], [.. violations.Select(v => v with { Where = $"{file.File.Name} {v.Where}".TrimEnd() })]);
        }

        var facts = await api.ListAsync($"v1/facts?document_version_id={id}&limit=200", ct);
        return ([.. facts.Select(f => new FoundFact(
            (string)f["fact_id"]!, (string)f["fact_type"]!, (string)f["fact_key"]!, f["payload"]!))], []);
    }

    private static IEnumerable<string> Tell(InputDocument file, IReadOnlyList<FoundFact> facts)
    {
        yield return $"{file.File.Length:n0} bytes, taken as {file.Kind} {file.Reason}";
        var counts = facts.GroupBy(f => f.FactType).Select(g => $"{g.Count()} {g.Key}");
        yield return $"{facts.Count} facts: {string.Join(", ", counts)}";
    }
}
