namespace Bpc.Core.Passports;

/// <summary>The categories of batteries that need a passport (Art. 77(1) of 2023/1542).</summary>
public static class BatteryCategories
{
    public const string Ev = "EV";
    public const string Lmt = "LMT";
    public const string Industrial = "INDUSTRIAL";

    public static IReadOnlyList<string> All { get; } = [Ev, Lmt, Industrial];
}
