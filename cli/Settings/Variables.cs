using System.Collections;
using Bpc.Core;
using Bpc.Core.Settings;

namespace Bpc.Cli.Settings;

/// <summary>The process's environment as settings.</summary>
internal static class Variables
{
    /// <summary>Every BPC_* variable that is set.</summary>
    public static Dictionary<string, string> All() => Environment.GetEnvironmentVariables()
        .Cast<DictionaryEntry>()
        .Where(v => v.Key is string name && name.StartsWith("BPC_", StringComparison.Ordinal))
        .Where(v => v.Value is string { Length: > 0 })
        .ToDictionary(v => (string)v.Key, v => (string)v.Value!, StringComparer.Ordinal);

    /// <summary>
    /// Settings for an operator's command, whose shell need not have what a silo must have: only the database's
    /// variables are read. In prod there is no private PostgreSQL to fall back to.
    /// </summary>
    public static DatabaseSettings Database()
    {
        var all = All();
        var settings = SettingsReader.Read(
            all.Where(v => v.Key.StartsWith("BPC_DB_", StringComparison.Ordinal)).ToDictionary());
        return settings.Database.Host is null && all.GetValueOrDefault("BPC_ENV") == "prod"
            ? throw new BpcException(BpcError.ConfigMissing, "BPC_DB_HOST: not set, and BPC_ENV=prod requires it")
            : settings.Database;
    }
}
