using BenchmarkDotNet.Attributes;
using Bpc.Core.Facts;
using Bpc.Core.Passports;
using Bpc.Core.Rules;

namespace Bpc.Bench;

/// <summary>The complete sample battery of a category under its package: what a passport really costs.</summary>
public class EuCompileBenchmarks
{
    private RulePackage _rules = null!;
    private CompileInput _input = null!;

    [Params("ev", "lmt", "industrial")]
    public string Package { get; set; } = "ev";

    [GlobalSetup]
    public void Read()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root.GetFiles("Bpc.Orleans.sln").Length == 0)
        {
            root = root.Parent ?? throw new DirectoryNotFoundException("no Bpc.Orleans.sln above the program");
        }

        _rules = RulePackage.Compile(
            File.ReadAllText(Path.Combine(root.FullName, "rules", "eu-2023-1542", $"{Package}.bpcr")));
        var samples = Path.Combine(root.FullName, "samples", Package);
        var facts = new (string Kind, string File)[]
        {
            ("BOM", "bom.json"), ("PCF", "pcf.json"), ("DUE_DILIGENCE", "due-diligence.json"), ("ITEMS", "items.json"),
            ("OTHER", "passport.json"),
        }.SelectMany(document => DocumentParser.Parse(
            document.Kind, "application/json", File.ReadAllBytes(Path.Combine(samples, document.File)))).ToList();
        var item = facts.First(fact => fact.FactType == "Item").FactKey.Split(':');
        _input = new(
            Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(),
            item[1], Package.ToUpperInvariant(), item[2],
            Guid.CreateVersion7(), new('0', 64), new byte[32], facts,
            Guid.CreateVersion7(), new('0', 64), new('0', 64), new(2027, 2, 18, 0, 0, 0, DateTimeKind.Utc), "bench",
            new());
    }

    [Benchmark(Description = "compile of a complete battery")]
    public CompiledPassport Compile() => PassportCompiler.Compile(_rules, _input);
}
