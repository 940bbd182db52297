using System.Security.Cryptography;
using Bpc.Core;
using Bpc.Core.Passports.Signing;

namespace Bpc.Hosting;

/// <summary>
/// A development secret in a file only its owner may read, made the first time it is asked for; what stands in for a
/// variable that is not set.
/// </summary>
public sealed record KeptSecret(string Variable, string File, Func<string> Make)
{
    public static KeptSecret Pepper(BpcHome home) => new(
        "BPC_API_KEY_PEPPER_BASE64", Path.Combine(home.Path, "keys", "pepper"),
        () => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));

    public static KeptSecret SigningKey(BpcHome home) => new(
        "BPC_SIGNING_ED25519_PRIVATE_KEY_BASE64", Path.Combine(home.Path, "keys", "signing-key"),
        ReceiptSigner.NewPrivateKey);

    /// <summary>Sets the variable where it is not set, and says so. CONFIG_MISSING where the file cannot be.</summary>
    public void FillIn(Dictionary<string, string> variables, Action<string> say)
    {
        if (!string.IsNullOrWhiteSpace(variables.GetValueOrDefault(Variable)))
        {
            return;
        }

        try
        {
            var found = System.IO.File.Exists(File) ? "using the one" : "making one";
            variables[Variable] = Read();
            say($"{Variable} is not set: {found} in {File}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BpcException(
                BpcError.ConfigMissing, $"{Variable}: not set, and none can be kept in {File}: {e.Message}", inner: e);
        }
    }

    /// <summary>What is kept; processes that ask at once get the same.</summary>
    public string Read()
    {
        if (!System.IO.File.Exists(File))
        {
            Write(Make());
        }

        return System.IO.File.ReadAllText(File).Trim();
    }

    // Beside its place first: nobody reads half of one, and of two processes that make it the first one's is kept.
    private void Write(string secret)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        var beside = $"{File}.{Guid.NewGuid():n}";

        // The mode is set as the file is made: there is no moment in which somebody else could open it.
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var writer = new StreamWriter(beside, options))
        {
            writer.WriteLine(secret);
        }

        try
        {
            System.IO.File.Move(beside, File, overwrite: false);
        }
        catch (IOException) when (System.IO.File.Exists(File))
        {
            System.IO.File.Delete(beside);
        }
    }
}
