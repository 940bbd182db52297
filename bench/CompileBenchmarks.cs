using System.Security.Cryptography;
using System.Text;
using BenchmarkDotNet.Attributes;
using Bpc.Core.Canonical;
using Bpc.Core.Facts;
using Bpc.Core.Passports;
using Bpc.Core.Rules;

namespace Bpc.Bench;

/// <summary>A whole compile: rules, proof of about 600 nodes, sections of about 12 kB, payload, receipt.</summary>
public class CompileBenchmarks
{
    private const int Groups = 75;

    private readonly RulePackage _rules = RulePackage.Compile(Source());
    private readonly CompileInput _input = new(
        Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(),
        "SKU-1", "EV", "SN-1",
        Guid.CreateVersion7(), new('0', 64), new byte[32], [.. Enumerable.Range(0, Groups).Select(NewFact)],
        Guid.CreateVersion7(), new('0', 64), new('0', 64), new(2027, 2, 18, 0, 0, 0, DateTimeKind.Utc), "bench", new());

    private (string Type, byte[] Data, string[] Children)[] _nodes = [];

    [GlobalSetup]
    public void Describe()
    {
        var compiled = Compile();
        var proof = (JsonValue.Record)CanonicalReader.Read(compiled.Proof);
        var read = ((JsonValue.List)proof["nodes"]!).Items.Cast<JsonValue.Record>().ToList();
        var nodes = read.Count;
        _nodes = [.. read.Select(node => (
            Text(node, "type"), CanonicalJson.Write(node["data"]!),
            ((JsonValue.List)node["children"]!).Items.Select(c => Text(read[(int)((JsonValue.Int)c).Value], "hash"))
                .ToArray()))];
        var sections = compiled.Sections.Values.Sum(section => section.Length);
        Console.WriteLine($"// {nodes} proof nodes, proof {compiled.Proof.Length} B, sections {sections} B");
    }

    [Benchmark(Description = "compile", Baseline = true)]
    public CompiledPassport Compile() => PassportCompiler.Compile(_rules, _input);

    /// <summary>The floor: each node's hashed form written and hashed, nothing else.</summary>
    [Benchmark(Description = "bare writing and hashing of its nodes")]
    public int WriteAndHash()
    {
        var bytes = 0;
        using var writer = new CanonicalWriter();
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        foreach (var (type, data, children) in _nodes)
        {
            writer.Restart();
            writer.BeginObject();
            writer.Name("children_hashes");
            writer.BeginArray();
            foreach (var child in children)
            {
                writer.Text(child);
            }

            writer.EndArray();
            writer.Name("data");
            writer.Raw(data);
            writer.Name("type");
            writer.Text(type);
            writer.EndObject();
            sha256.AppendData(writer.Written);
            bytes += sha256.GetHashAndReset(hash);
        }

        return bytes;
    }

    private static string Text(JsonValue.Record node, string member) => ((JsonValue.Text)node[member]!).Value;

    private static string Source()
    {
        var source = new StringBuilder("package bench version \"1\" language \"BPC-RULES-1\";\n")
            .Append("facts Part { mass_kg : Opt(Dec(4)), name : Opt(Text) }\n");
        for (var i = 0; i < Groups; i++)
        {
            source.Append($"""
                field part{i}.mass_kg : Qty(kg, 3) access public =
                  let part = require(fact("Part", "part:{i}"), "E1", "no part");
                  qty(round(require(part.mass_kg, "E2", "no mass"), 3), kg);
                field part{i}.name : Opt(Text) access restricted = fact("Part", "part:{i}").then(part => part.name);

                """);
        }

        return source.ToString();
    }

    private static Fact NewFact(int number)
    {
        var payload = CanonicalJson.Write(JsonValue.Object(
            ("mass_kg", $"{number}.2505"),
            ("name", $"part number {number}, with a description as long as such names are in a bill of materials")));
        return new("Part", $"part:{number}", payload, CanonicalJson.HashHex(payload));
    }
}
