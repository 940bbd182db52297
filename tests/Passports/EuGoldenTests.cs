using System.Security.Cryptography;
using System.Text;
using Bpc.Core.Passports;
using Bpc.Core.Passports.Verifying;
using Bpc.Core.Rules;
using Bpc.Core.Snapshots;
using Bpc.Tests.Rules.Eu;

namespace Bpc.Tests.Passports;

/// <summary>
/// The complete sample battery of each category, compiled under its package: bytes that change only when the package, a
/// document or a format is changed on purpose (docs/eu-package.md says how they are renewed).
/// </summary>
public sealed class EuGoldenTests
{
    /// <summary>The names of packages.</summary>
    public static TheoryData<string> Names => EuPackage.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void A_compile_of_the_complete_battery_gives_the_golden_bytes(string name)
    {
        var (rules, input) = Sample(name);
        var compiled = PassportCompiler.Compile(rules, input);
        (string File, byte[] Bytes)[] artefacts =
        [
            .. compiled.Sections.Select(section => ($"section-{section.Key}.json", section.Value)),
            ("payload.json", compiled.Payload),
            ("proof-root.txt", Encoding.ASCII.GetBytes(compiled.ProofRootHash)),
            ("receipt.json", compiled.Receipt),
            ("signature.bin", Passports.Sample.Sign(compiled).Signature.Signature),
        ];
        // All of them, so that one run writes what is missing.
        Assert.Multiple([.. artefacts.Select(artefact => (Action)(() =>
            GoldenFiles.AssertSame(Path.Combine("Eu", name, artefact.File), artefact.Bytes)))]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Facts_in_any_order_and_many_threads_give_the_same_bytes_which_verify_and_replay(string name)
    {
        var (rules, input) = Sample(name);
        var golden = Passports.Sample.Sign(PassportCompiler.Compile(rules, input));
        Parallel.For(0, 16, seed =>
        {
            var facts = input.Facts.ToArray();
            new Random(seed).Shuffle(facts);
            var compiled = PassportCompiler.Compile(rules, input with { Facts = facts });
            Assert.Equal(golden.ReceiptHash, compiled.ReceiptHash);
            Assert.Equal(golden.Proof, compiled.Proof);
        });
        Assert.Null(BundleVerifier.Verify(Bundle.Write(golden), [golden.Signature.PublicKey]).Mismatch);
        Assert.Null(Replay.Compare(rules, input, golden));
    }

    /// <summary>Fixed ids, salt and time; the facts as the documents of samples give them.</summary>
    private static (RulePackage Rules, CompileInput Input) Sample(string name)
    {
        var package = EuPackage.Of(name);
        var battery = package.Input(package.Complete, "2027-02-18");
        return (RulePackage.Compile(package.Source), Passports.Sample.Input with
        {
            Sku = battery.Sku,
            Category = battery.Category,
            SerialNumber = battery.SerialNumber,
            Facts = battery.Facts,
            SnapshotHash = SnapshotSeal.Seal(Passports.Sample.Input.SnapshotId, battery.Facts).Hash,
            DslSha256 = Sha256(package.Source),
            TestsSha256 = Sha256(package.Tests),
        });
    }

    private static string Sha256(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
