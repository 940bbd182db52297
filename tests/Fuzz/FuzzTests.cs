using System.Text;
using System.Text.RegularExpressions;
using Bpc.Core;
using Bpc.Core.Canonical;
using Bpc.Core.Passports.Explain;
using Bpc.Core.Passports.Verifying;
using Bpc.Core.Rules;
using Bpc.Tests.Passports;
using Bpc.Tests.Rules;

namespace Bpc.Tests.Fuzz;

/// <summary>
/// Whatever the bytes are: refused with a code of the catalogue or taken, never a crash or a hang. bench/fuzz.sh runs
/// the same for ten minutes.
/// </summary>
public sealed partial class FuzzTests(ITestOutputHelper output)
{
    private static readonly int s_seed = Environment.TickCount;
    private static readonly byte[][] s_trusted = [Sample.Sign(Sample.Compiled()).Signature.PublicKey];

    private static readonly BpcError[] s_ruleErrors =
    [
        BpcError.RuleParse, BpcError.RuleType, BpcError.UnitMismatch, BpcError.RuleCycle, BpcError.RuleBudgetExceeded,
        BpcError.RuleAssertFailed, BpcError.DivisionByZero,
    ];

    [Fact]
    public void Rules()
    {
        var sources = Enumerable.Range(0, 20).Select(i => new RandomRules(i).Package())
            .Append(RuleSamples.Battery).Append(RuleSamples.BatteryTests)
            .Append(File.ReadAllText(Path.Combine(Repository.Root, "rules", "sample", "ev-battery.bpcr"))).ToList();
        var words = Word().Matches(string.Join(' ', sources)).Select(match => match.Value).Distinct();
        Fuzz("rules", sources.Select(Bytes), words, input =>
        {
            var source = Encoding.UTF8.GetString(input);
            return Answer(() => RuleFormatter.Format(source)) + Answer(() => Evaluated(source));
        });
    }

    [Fact]
    public void Canonical_JSON() => Fuzz(
        "canonical JSON", [Bytes("""{"a":[1,-2,null,true,"é\"\\\u0001"],"b":{"":"x"}}"""), Sample.BundleBytes()],
        ["{", "}", "[", "]", ",", ":", "\"", "\\u", "\\ud83d", "1e9", "-0", "9007199254740992", "null", "\u2028"],
        input =>
        {
            try
            {
                var value = CanonicalReader.Read(input);
                var written = CanonicalJson.Write(value);
                Assert.Equal(value, CanonicalReader.ReadCanonical(written));
                return $"{value.GetType().Name} {written.Length.CompareTo(input.Length)}";
            }
            catch (BpcException e)
            {
                Assert.Equal(BpcError.Validation, e.Code);
                return Place().Replace(e.Message, "");
            }
        });

    [Fact]
    public void Bundles_views_and_proofs()
    {
        byte[][] files =
        [
            Sample.BundleBytes(), Sample.ViewBytes("public"), Bundle.Write(Sample.Sign(RuleSample.Compiled())),
            RuleSample.Compiled().Proof,
        ];
        string[] words =
        [
            "{}", "[]", "null", "\"\"", "0", "\"id\":0", "\"children\":[0]", "FIELD_REF", "OP", "CONST",
            "\"fields\":{}",
        ];
        Fuzz("bundles, views and proofs", files, words, input =>
        {
            var bundle = BundleVerifier.Verify(input, s_trusted).Mismatch;
            var view = ViewVerifier.Verify(input, s_trusted).Mismatch;
            // A view says for whom it was made outside its signature; everything else is signed.
            Assert.True(bundle is not null || files.Any(file => file.AsSpan().SequenceEqual(input)));
            return $"{Plain(bundle?.Detail)}|{Plain(view?.Detail)}|{Answer(() => Explained(input))}";
        });
    }

    private void Fuzz(string name, IEnumerable<byte[]> corpus, IEnumerable<string> words, Func<byte[], string> target)
    {
        var line = new Fuzzer(s_seed, corpus).Run(name, target, [.. words.Select(Bytes)]);
        output.WriteLine(line);
        TestContext.Current.SendDiagnosticMessage(line);
    }

    private static string Evaluated(string source) => RulePackage.Compile(source)
        .Evaluate(RuleSamples.Input(RuleSamples.Fact("T", "t0", """{"n":"1"}"""))).Compliance.Count.ToString("d2");

    private static string Explained(byte[] input)
    {
        var proof = ProofExplainer.Read(input);
        return string.Concat(
            proof.Names().Select(name => ExplanationText.Write(proof.Explain(name.Name, null)).Length));
    }

    private static string Answer(Func<string> ask)
    {
        try
        {
            return ask().Length.ToString("d2");
        }
        catch (BpcException e)
        {
            Assert.Contains(e.Code, s_ruleErrors.Append(BpcError.Validation));
            return $"{e.Code.Name} {Plain(e.Message)}";
        }
    }

    // What kind of answer it is: the first words, without what the input itself put into them.
    private static string Plain(string? message)
    {
        var line = Quoted().Replace((message ?? "").Split('\n')[0], "");
        return line[..Math.Min(line.Length, 60)];
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    [GeneratedRegex(@"\w+|[^\w\s]+")]
    private static partial Regex Word();

    [GeneratedRegex(@"'[^']*'|""[^""]*""|[0-9a-f]{6,}|\d+")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^/[^:]*: |line \d+, byte \d+|'.'")]
    private static partial Regex Place();
}
