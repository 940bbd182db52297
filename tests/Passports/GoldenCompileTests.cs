using System.Globalization;
using Bpc.Core.Passports;
using Bpc.Core.Passports.Verifying;

namespace Bpc.Tests.Passports;

public sealed class GoldenCompileTests
{
    [Fact]
    public void A_compile_gives_the_golden_bytes() => AssertGolden(RuleSample.Compiled());

    [Fact]
    public void The_golden_receipt_has_the_golden_signature() =>
        GoldenFiles.AssertSame("signature.bin", Sample.Sign(RuleSample.Compiled()).Signature.Signature);

    [Fact]
    public void Facts_in_any_order_give_the_same_bytes()
    {
        const int seed = 811;
        var random = new Random(seed);
        for (var i = 0; i < 20; i++)
        {
            var facts = RuleSample.Facts.ToArray();
            random.Shuffle(facts);
            AssertGolden(PassportCompiler.Compile(RuleSample.Package, RuleSample.Input with { Facts = facts }));
        }
    }

    [Fact]
    public void Another_culture_gives_the_same_bytes()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = HostileCulture();
            AssertGolden(RuleSample.Compiled());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Many_compiles_at_once_give_the_same_bytes()
    {
        var golden = Bundle.Write(Sample.Sign(RuleSample.Compiled()));
        Parallel.For(0, 200, new() { MaxDegreeOfParallelism = 16 }, _ =>
            Assert.Equal(golden, Bundle.Write(Sample.Sign(RuleSample.Compiled()))));
    }

    [Fact]
    public void A_compile_verifies_and_replays()
    {
        var signed = Sample.Sign(RuleSample.Compiled());
        Assert.Null(BundleVerifier.Verify(Bundle.Write(signed), [signed.Signature.PublicKey]).Mismatch);
        Assert.Null(Replay.Compare(RuleSample.Package, RuleSample.Input, signed));
    }

    /// <summary>Everything a culture may change about numbers and times, changed.</summary>
    private static CultureInfo HostileCulture()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat = new()
        {
            NegativeSign = "−",
            NumberDecimalSeparator = ",",
            NumberGroupSeparator = ".",
            NativeDigits = [.. "٠١٢٣٤٥٦٧٨٩".Select(d => $"{d}")],
            DigitSubstitution = DigitShapes.NativeNational,
        };
        culture.DateTimeFormat = new()
        {
            DateSeparator = "/",
            TimeSeparator = ".",
            ShortDatePattern = "d/M/y",
            LongTimePattern = "h.m.s",
        };
        return culture;
    }

    private static void AssertGolden(CompiledPassport compiled)
    {
        foreach (var (name, bytes) in compiled.Sections)
        {
            GoldenFiles.AssertSame($"section-{name}.json", bytes);
        }

        GoldenFiles.AssertSame("payload.json", compiled.Payload);
        GoldenFiles.AssertSame("proof.json", compiled.Proof);
        GoldenFiles.AssertSame("receipt.json", compiled.Receipt);
    }
}
