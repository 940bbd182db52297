using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Bpc.Cli.Demo;
using Bpc.Core;
using Bpc.Core.Facts;
using Bpc.Core.Passports.Explain;
using Bpc.Core.Passports.Verifying;
using Bpc.Core.Rules;
using Bpc.Core.Snapshots;

namespace Bpc.Cli.Rules;

/// <summary>What is explained: a proof, and what is at hand of its rules and documents.</summary>
internal sealed record ExplainedSubject(
    ProofExplainer Proof, RulePackage? Rules, IReadOnlyDictionary<FactKey, FactSource> Sources)
{
    private static readonly Dictionary<FactKey, FactSource> s_unknown = [];

    /// <summary>A bundle's own proof: what was done when the passport was made, and nothing somebody made up.</summary>
    public static ExplainedSubject Bundled(FileInfo bundle, FileInfo? rules)
    {
        var bytes = File.ReadAllBytes(bundle.FullName);
        if (BundleVerifier.Verify(bytes, trustedKeys: null).Mismatch is { } wrong)
        {
            throw new BpcException(
                BpcError.Validation, $"{bundle.Name} does not verify: {wrong.Name}: {wrong.Detail}");
        }

        return new(
            ProofExplainer.Read(Bundle.ProofOf(bytes)),
            rules is null ? null : MadeUnder(rules, Bundle.RulesHashOf(bytes)), s_unknown);
    }

    // Another package has other citations and dates for the same fields: it would explain what never happened.
    private static RulePackage MadeUnder(FileInfo rules, string wanted)
    {
        var source = new RuleFile(rules).ReadSource();
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(source)));
        return hash == wanted ? RulePackage.Compile(source) : throw new BpcException(
            BpcError.Validation,
            $"{rules.Name} is not the package this passport was made under: its SHA-256 is {hash}, the receipt names "
                + $"{wanted}");
    }

    /// <summary>What the package makes of these documents.</summary>
    public static ExplainedSubject Compiled(
        FileInfo rules, DirectoryInfo documents, string? serialNumber, DateOnly? issuedOn)
    {
        var package = RulePackage.Compile(new RuleFile(rules).ReadSource());
        var facts = InputDocument.In(documents).Where(file => file.Kind is not null).SelectMany(Read).ToList();
        SnapshotSeal.Seal(Guid.Empty, facts.Select(f => f.Fact)); // refuses two facts of one type and key
        var battery = Battery.In([.. facts.Select(f => new FoundFact(
            "", f.Fact.FactType, f.Fact.FactKey, JsonNode.Parse(f.Fact.Payload)!))]);
        var result = package.Evaluate(new(
            battery.Sku, battery.Category, serialNumber ?? battery.SerialNumber,
            issuedOn ?? DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime),
            [.. facts.Select(f => f.Fact)]));
        return new(
            ProofExplainer.Read(result.Proof.Bytes), package,
            facts.ToDictionary(f => new FactKey(f.Fact.FactType, f.Fact.FactKey), f => f.Source));
    }

    private static IEnumerable<(Fact Fact, FactSource Source)> Read(InputDocument document)
    {
        var bytes = File.ReadAllBytes(document.File.FullName);
        var source = new FactSource(
            document.Kind!, document.File.Name, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        return DocumentParser.Parse(document.Kind!, document.MimeType, bytes).Select(fact => (fact, source));
    }
}
