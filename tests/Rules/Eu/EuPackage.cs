using System.Globalization;
using Bpc.Cli.Demo;
using Bpc.Core.Facts;
using Bpc.Core.Rules;
using Bpc.Core.Rules.Syntax;

namespace Bpc.Tests.Rules.Eu;

/// <summary>One package of rules/eu-2023-1542, and the sample batteries of its category.</summary>
/// <param name="Name">The name of its file, and of its folder in samples.</param>
/// <param name="Category">As products and documents have it.</param>
internal sealed record EuPackage(string Name, string Category)
{
    public static readonly IReadOnlyList<EuPackage> All =
        [new("ev", "EV"), new("lmt", "LMT"), new("industrial", "INDUSTRIAL")];

    private static readonly string s_folder = Path.Combine(Repository.Root, "rules", "eu-2023-1542");

    /// <summary>The names, for theories.</summary>
    public static TheoryData<string> Names => [.. All.Select(package => package.Name)];

    public string RulesFile => Path.Combine(s_folder, $"{Name}.bpcr");

    public string Source => File.ReadAllText(RulesFile);

    public string Tests => File.ReadAllText(Path.Combine(s_folder, $"{Name}.test.bpcr"));

    /// <summary>The source as the parser reads it, for what a compiled package no longer says.</summary>
    public SourceTree Tree => DeclarationParser.Package(new(new(Source)));

    /// <summary>Where the documents of the complete battery are.</summary>
    public string Complete => Path.Combine(Repository.Root, "samples", Name);

    /// <summary>Where the documents of a battery are that says as little as its documents may.</summary>
    public string Sparse => Path.Combine(Repository.Root, "samples", "sparse", Name);

    public static EuPackage Of(string name) => All.Single(package => package.Name == name);

    /// <summary>The facts of all documents in a folder.</summary>
    public static IReadOnlyList<Fact> Facts(string folder) =>
        [.. InputDocument.In(new(folder)).Where(document => document.Kind is not null).SelectMany(document =>
            DocumentParser.Parse(document.Kind!, document.MimeType, File.ReadAllBytes(document.File.FullName)))];

    /// <summary>The n-th battery of a folder, as a passport issued on that day sees it.</summary>
    public RuleInput Input(string folder, string issuedOn, int battery = 0)
    {
        var facts = Facts(folder);
        var key = facts.Where(fact => fact.FactType == "Item").ElementAt(battery).FactKey.Split(':');
        return new(key[1], Category, key[2], DateOnly.Parse(issuedOn, CultureInfo.InvariantCulture), facts);
    }
}
