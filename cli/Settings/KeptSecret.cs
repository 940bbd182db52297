using System.Security.Cryptography;
using Bpc.Core.Passports;

namespace Bpc.Cli.Settings;

/// <summary>A development secret in a file only its owner may read, made the first time it is asked for.</summary>
internal sealed record KeptSecret(string File, Func<string> Make)
{
    public static KeptSecret Pepper(BpcHome home) =>
        new(
            Path.Combine(home.Path, "keys", "pepper"),
            () => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));

    public static KeptSecret SigningKey(BpcHome home) =>
        new(Path.Combine(home.Path, "keys", "signing-key"), ReceiptSigner.NewPrivateKey);

    public bool Exists => System.IO.File.Exists(File);

    public string Read()
    {
        if (!Exists)
        {
            Write(Make());
        }

        return System.IO.File.ReadAllText(File).Trim();
    }

    private void Write(string secret)
    {
        // Only now: a container that has its secrets as variables may not write where it runs.
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);

        // The mode is set as the file is made: there is no moment in which somebody else could open it.
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(File, options);
        writer.WriteLine(secret);
    }
}
