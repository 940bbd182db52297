using Bpc.Core.Rules.Types;

namespace Bpc.Core.Settings;

/// <summary>
/// Finds BPC_* variables that no part of BPC reads: most are mistyped, and would be ignored in silence.
/// </summary>
public static class UnknownVariables
{
    private const string Prefix = "BPC_";

    // Read by the command line and by the tests.
    private static readonly string[] s_others = ["BPC_HOME", "BPC_TEST_VECTORS"];

    /// <summary>
    /// One sentence for each, with the nearest name there is; never its value, which may be a secret.
    /// </summary>
    public static IEnumerable<string> Among(IEnumerable<string> names)
    {
        string[] known = [.. SettingsTable.All.Select(s => s.Name), .. s_others];
        return names.Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && !known.Contains(name))
            .Order(StringComparer.Ordinal)
            .Select(name => Spelling.Nearest(name, known) is { } close
                ? $"{name} is no setting and is ignored; did you mean {close}?"
                : $"{name} is no setting and is ignored; docs/settings.md has them all");
    }
}
