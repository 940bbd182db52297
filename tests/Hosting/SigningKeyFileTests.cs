using System.Text;
using Bpc.Core;
using Bpc.Core.Passports.Signing;
using Bpc.Core.Settings;
using Bpc.Hosting;
using Bpc.Tests.Passports;

namespace Bpc.Tests.Hosting;

public sealed class SigningKeyFileTests
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly string s_key = ReceiptSigner.NewPrivateKey();

    [Fact]
    public void A_file_holds_what_the_variable_would_or_the_PEM_itself()
    {
        using var files = new TemporaryFiles();
        var pem = Encoding.ASCII.GetString(Convert.FromBase64String(s_key));

        Assert.Equal(s_key, Load(files.Write("base64", Encoding.ASCII.GetBytes(s_key + "\n")), Owner));
        Assert.Equal(s_key, Load(files.Write("pem", Encoding.ASCII.GetBytes(pem)), Owner));
        using var signer = ReceiptSigner.Load("key", s_key);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_file_that_others_may_open_is_refused_without_a_word_of_it(UnixFileMode open)
    {
        using var files = new TemporaryFiles();
        var refused = Assert.Throws<BpcException>(
            () => Load(files.Write("key", Encoding.ASCII.GetBytes(s_key)), Owner | open));

        Assert.Equal((BpcError.ConfigMissing, "BPC_SIGNING_KEY_FILE"), (refused.Code, refused.Violations[0].Where));
        Assert.Contains("chmod 600", refused.Message);
        Assert.DoesNotContain(s_key[..20], refused.Message);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        var settings = new BpcSettings { Signing = new(KeyFile: "/nowhere/key") };
        Assert.Contains("/nowhere/key", Assert.Throws<BpcException>(() => SigningKeyFile.Load(settings)).Message);
    }

    private static string? Load(string path, UnixFileMode mode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "files have no such modes on Windows");
        File.SetUnixFileMode(path, mode);
        return SigningKeyFile.Load(new BpcSettings { Signing = new(KeyFile: path) }).Signing.PrivateKeyBase64;
    }
}
