using Bpc.Core.Settings;

namespace Bpc.Hosting;

/// <summary>A server's settings: its variables, and what stands in for those that are not set.</summary>
internal static class ServerSettings
{
    private static readonly string[] s_namesOfASilo = ["BPC_WORKER_ID", "BPC_COMPILER_BUILD_ID"];

    /// <summary>
    /// Under BPC_ENV=dev the pepper is the one <c>bpc tenant create</c> makes its keys under, or they would open
    /// nothing. A silo without a name of its own goes on under the usual one. Each is said.
    /// </summary>
    public static BpcSettings Read(Dictionary<string, string> variables, bool isSilo, Action<string> say)
    {
        if (variables.GetValueOrDefault("BPC_ENV")?.Trim() is null or "" or "dev")
        {
            KeptSecret.Pepper(BpcHome.Find()).FillIn(variables, say);
        }

        foreach (var setting in SettingsTable.All.Where(s => isSilo && s_namesOfASilo.Contains(s.Name)))
        {
            if (string.IsNullOrWhiteSpace(variables.GetValueOrDefault(setting.Name)))
            {
                say($"{setting.Name} is not set: using {setting.Default} ({setting.Meaning})");
            }
        }

        return SigningKeyFile.Load(SettingsReader.Read(variables));
    }
}
