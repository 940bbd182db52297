using System.Security.Cryptography;
using System.Text;

namespace Bpc.Hosting;

/// <summary>Compares what somebody sent with what only the right one knows.</summary>
public static class SecretText
{
    /// <summary>Comparing hashes takes the same time however much of a guess is right, and hides the length.</summary>
    public static bool IsEqual(string sent, string expected) => CryptographicOperations.FixedTimeEquals(
        SHA256.HashData(Encoding.UTF8.GetBytes(sent)), SHA256.HashData(Encoding.UTF8.GetBytes(expected)));
}
