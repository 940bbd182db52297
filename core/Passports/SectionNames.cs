namespace Bpc.Core.Passports;

/// <summary>
/// The four sections of a passport, named by who may see them (Annex XIII points 1 to 4). All four always exist.
/// </summary>
public static class SectionNames
{
    public const string Public = "public";
    public const string Restricted = "restricted";
    public const string Authorities = "authorities";
    public const string LegitimateInterest = "legitimate_interest";

    /// <summary>In the order of Annex XIII.</summary>
    public static IReadOnlyList<string> All { get; } = [Public, Restricted, Authorities, LegitimateInterest];
}
