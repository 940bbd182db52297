using System.Text;
using Bpc.Core;
using Bpc.Core.Settings;

namespace Bpc.Hosting;

/// <summary>BPC_SIGNING_KEY_FILE: the signing key in a file that only its owner may read.</summary>
public static class SigningKeyFile
{
    private const string Variable = "BPC_SIGNING_KEY_FILE";
    private const int MaxBytes = 16 * 1024;

    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>
    /// The settings with the file's key in them; unchanged where none is named. CONFIG_MISSING for a file that is not
    /// there, too large or open to others. What is in it never stands in a message.
    /// </summary>
    public static BpcSettings Load(BpcSettings settings) => settings.Signing.KeyFile is { } path
        ? settings with { Signing = settings.Signing with { PrivateKeyBase64 = Read(path) } }
        : settings;

    /// <summary>Base64 as the variable has it, or a PEM as openssl writes it.</summary>
    private static string Read(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw Refused($"there is no file '{path}'");
        }

        var mode = OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(path);
        if ((mode & Others) != UnixFileMode.None)
        {
            throw Refused($"'{path}' is open to others than its owner; run: chmod 600 '{path}'");
        }

        if (file.Length > MaxBytes)
        {
            throw Refused($"'{path}' has {file.Length} bytes; a key has at most {MaxBytes}");
        }

        try
        {
            var text = File.ReadAllText(path).Trim();
            return text.StartsWith("-----BEGIN", StringComparison.Ordinal)
                ? Convert.ToBase64String(Encoding.UTF8.GetBytes(text + "\n"))
                : text;
        }
        catch (UnauthorizedAccessException)
        {
            throw Refused($"'{path}' may not be read by the user of this process");
        }
    }

    private static BpcException Refused(string problem) =>
        new(BpcError.ConfigMissing, problem, [new(Variable, problem)]);
}
