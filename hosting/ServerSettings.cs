using Bpc.Core.Settings;

namespace Bpc.Hosting;

/// <summary>A server's settings: its variables, and what stands in for those that are not set.</summary>
internal static class ServerSettings
{
    private static readonly string[] s_namesOfASilo = ["BPC_WORKER_ID", "BPC_COMPILER_BUILD_ID"];

    /// <summary>
    /// Under BPC_ENV=dev the pepper is the one <c>bpc tenant create</c> makes its keys under, or they would open
    /// nothing. A silo without a name of its own goes on under the usual one; a gateway goes on without the signing key
    /// it was given. Each is said.
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

        return isSilo ? SigningKeyFile.Load(SettingsReader.Read(variables, Servers.Silo))
            : WithoutSigningKey(SettingsReader.Read(variables, Servers.Gateway), say);
    }

    // Whoever breaks into a gateway, which the internet reaches, should find no key to sign with.
    private static BpcSettings WithoutSigningKey(BpcSettings settings, Action<string> say)
    {
        var (keyId, key, file) = settings.Signing;
        if ((key ?? file) is not null)
        {
            say($"{(file is null ? "BPC_SIGNING_ED25519_PRIVATE_KEY_BASE64" : "BPC_SIGNING_KEY_FILE")} is set and not "
                + "used: a gateway signs nothing, and should not have the key");
        }

        return settings with { Signing = new(keyId) };
    }
}
