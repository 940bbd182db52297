using System.Diagnostics;
using Bpc.Core;
using Bpc.Core.Settings;
using Bpc.Hosting;

namespace Bpc.Cli.Settings;

/// <summary>
/// What is filled in on a developer's machine (BPC_ENV=dev), each said aloud; in test and prod nothing is.
/// </summary>
internal static class DevelopmentSettings
{
    private const string PepperName = "BPC_API_KEY_PEPPER_BASE64";

    /// <summary>The settings of <c>up</c> and <c>demo</c>.</summary>
    public static BpcSettings Read(BpcHome home, Action<string> say)
    {
        var variables = Variables.All();
        foreach (var ignored in UnknownVariables.Among(variables.Keys))
        {
            say(ignored);
        }

        if (IsDevelopment(variables))
        {
            Fill(variables, "BPC_WORKER_ID", () => "worker-1", say);
            Fill(variables, "BPC_COMPILER_BUILD_ID", () => GitCommit(home.Root) ?? "dev", say);
            KeptSecret.Pepper(home).FillIn(variables, say);
            if (!variables.ContainsKey("BPC_SIGNING_KEY_FILE"))
            {
                KeptSecret.SigningKey(home).FillIn(variables, say);
            }
        }

        return SigningKeyFile.Load(SettingsReader.Read(variables));
    }

    /// <summary>The settings of a command that makes API keys and nothing else: it needs the pepper.</summary>
    public static BpcSettings ReadForKeys(BpcHome home, Action<string> say)
    {
        var variables = Variables.All();
        if (IsDevelopment(variables))
        {
            KeptSecret.Pepper(home).FillIn(variables, say);
        }

        var environment = variables.GetValueOrDefault("BPC_ENV", "dev");
        var settings = SettingsReader.Read(variables.Where(v => v.Key == PepperName).ToDictionary())
            with
        { Environment = environment };
        return settings.ApiKeyPepper.Length > 0 ? settings
            : throw new BpcException(
                BpcError.ConfigMissing, $"{PepperName}: not set; BPC_ENV={environment} requires it");
    }

    private static bool IsDevelopment(Dictionary<string, string> variables) =>
        variables.GetValueOrDefault("BPC_ENV", "dev") == "dev";

    private static void Fill(Dictionary<string, string> variables, string name, Func<string> value, Action<string> say)
    {
        if (!variables.ContainsKey(name))
        {
            variables[name] = value();
            say($"{name} is not set: using {variables[name]}");
        }
    }

    private static string? GitCommit(string root)
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", ["-C", root, "rev-parse", "HEAD"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var commit = git.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            return git.ExitCode == 0 ? commit : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // no git on this machine
        }
    }
}
