using System.Globalization;
using Bpc.Core.Passports;

namespace Bpc.Tests.Passports;

public sealed class GoldenCompileTests
{
    [Fact]
    public void A_compile_gives_the_golden_bytes() => AssertGolden(Sample.Compiled());

    [Fact]
    public void The_golden_receipt_has_the_golden_signature() =>
        GoldenFiles.AssertSame("signature.bin", Sample.Sign(Sample.Compiled()).Signature.Signature);

    [Fact]
    public void Another_culture_gives_the_same_bytes()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = HostileCulture();
            AssertGolden(Sample.Compiled());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Many_compiles_at_once_give_the_same_bytes() =>
        Parallel.For(0, 200, new() { MaxDegreeOfParallelism = 16 }, _ => Assert.Equal(
            Bundle.Write(Sample.Sign(Sample.Compiled())), Sample.BundleBytes()));

    /// <summary>Everything a culture may change about numbers and times, changed.</summary>
    private static CultureInfo HostileCulture()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat = new()
        {
            NegativeSign = "−", NumberDecimalSeparator = ",", NumberGroupSeparator = ".", NativeDigits = [.. "٠١٢٣٤٥٦٧٨٩".Select(d => $"{d}")],
            DigitSubstitution = DigitShapes.NativeNational,
        };
        culture.DateTimeFormat = new() { DateSeparator = "/", TimeSeparator = ".", ShortDatePattern = "d/M/y", LongTimePattern = "h.m.s" };
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
