using Bpc.Core.Passports;

namespace Bpc.Core.Rules.Types;

/// <summary>
/// Who may see what (Art. 77(2)): three audiences that are not nested, hence four sections that form a lattice, not a
/// ladder.
/// </summary>
internal static class Access
{
    [Flags]
    private enum Audience
    {
        None = 0,
        Public = 1,
        LegitimateInterest = 2,
        Authorities = 4,
    }

    private static readonly Dictionary<string, Audience> s_seenBy = new(StringComparer.Ordinal)
    {
        [SectionNames.Public] = Audience.Public | Audience.LegitimateInterest | Audience.Authorities,
        [SectionNames.Restricted] = Audience.LegitimateInterest | Audience.Authorities,
        [SectionNames.Authorities] = Audience.Authorities,
        [SectionNames.LegitimateInterest] = Audience.LegitimateInterest,
    };

    public static IReadOnlyCollection<string> Sections => s_seenBy.Keys;

    /// <summary>
    /// The widest section seen only by audiences that may see all of these; null where no audience may (a value for the
    /// authorities beside one for persons with a legitimate interest).
    /// </summary>
    public static string? Meet(IEnumerable<string> sections)
    {
        var audiences = sections.Aggregate(s_seenBy[SectionNames.Public], (seen, section) => seen & s_seenBy[section]);
        return s_seenBy.FirstOrDefault(s => s.Value == audiences).Key;
    }
}
