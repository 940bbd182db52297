namespace Bpc.Core.Settings;

/// <summary>Reads settings from variables (usually the process's environment).</summary>
public static class SettingsReader
{
    /// <summary>
    /// All problems at once: CONFIG_MISSING with a violation a variable (its name, what was read, what is allowed).
    /// In prod every required variable must be set.
    /// </summary>
    public static BpcSettings Read(IReadOnlyDictionary<string, string> variables) => throw new NotImplementedException();
}
