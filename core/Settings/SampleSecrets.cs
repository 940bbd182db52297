namespace Bpc.Core.Settings;

/// <summary>The secrets of deploy/compose.env and compose.silo.env: for trying it out, and open to all.</summary>
internal static class SampleSecrets
{
    public const string Pepper = "Zm9yIGRldmVsb3BtZW50IG9ubHksIG5ldmVyIGZvciByZWFsIQ==";
    public const string SigningKey = "ZGV2ZWxvcG1lbnQga2V5LCBub3QgYSBzZWNyZXQhISE=";

    /// <summary>In prod neither is taken: whoever has the key signs as we do.</summary>
    public static IEnumerable<Violation> Refused(BpcSettings settings)
    {
        if (settings.IsProduction && settings.Signing.PrivateKeyBase64 == SigningKey)
        {
            yield return new("BPC_SIGNING_ED25519_PRIVATE_KEY_BASE64",
                "it is the published sample; BPC_ENV=prod requires one of your own: `bpc keys new-signing` makes it");
        }

        if (settings.IsProduction && settings.ApiKeyPepper.AsSpan().SequenceEqual(Convert.FromBase64String(Pepper)))
        {
            yield return new("BPC_API_KEY_PEPPER_BASE64",
                "it is the published sample; BPC_ENV=prod requires a secret of your own: `openssl rand -base64 32`");
        }
    }
}
