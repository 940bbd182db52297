using System.Text.Json;
using Bpc.Core.Passports;
using Bpc.Core.Settings;
using Bpc.Gateway.Queries;

namespace Bpc.Gateway.Passports;

/// <summary>One thing a version does not say: the field's path, why, and which article asks for it.</summary>
internal sealed record Gap(string Section, string Path, string Outcome, string? Cites);

/// <summary>
/// Who may see which sections (Art. 77(2) of 2023/1542: three audiences, none of which holds another), and what stands
/// in them.
/// </summary>
internal static class Sections
{
    /// <summary>Who sees what, as this installation is set; null for an audience that there is not.</summary>
    public static IReadOnlyList<string>? SeenBy(string audience, AudienceSettings settings) => audience switch
    {
        "public" => [SectionNames.Public],
        "legitimate_interest" => settings.LegitimateInterest,
        "authorities" => settings.Authorities,
        "all" => SectionNames.All,
        _ => null,
    };

    // A check that failed is no gap; what does not apply to this battery is none either.
    private static readonly string[] s_gaps = ["MISSING", "CONDITION_UNRESOLVED", "NOT_YET_REQUIRED"];

    public static IEnumerable<Gap> Gaps(SectionRow section)
    {
        using var content = JsonDocument.Parse(section.Content);
        return [.. Compliance(content.RootElement).Where(line => s_gaps.Contains(line.Outcome))
            .Select(line => new Gap(section.Section, line.Check, line.Outcome, line.Cites))];
    }

    /// <summary>The compliance list of a section.</summary>
    public static IEnumerable<(string Check, string Outcome, string? Cites)> Compliance(JsonElement section) =>
        section.GetProperty("compliance").EnumerateArray().Select(line => (
            line.GetProperty("check").GetString()!,
            line.GetProperty("outcome").GetString()!,
            line.TryGetProperty("cites", out var cites) ? cites.GetString() : null));
}
