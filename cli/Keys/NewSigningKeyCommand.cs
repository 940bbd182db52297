using System.CommandLine;
using Bpc.Core.Passports.Signing;

namespace Bpc.Cli.Keys;

/// <summary><c>bpc keys new-signing</c></summary>
internal static class NewSigningKeyCommand
{
    public static Command Create()
    {
        var json = CommonOptions.Json();
        var command = new Verb(
            "new-signing",
            "Prints a fresh Ed25519 key as BPC_SIGNING_ED25519_PRIVATE_KEY_BASE64 wants it. It is stored nowhere.",
            "export BPC_SIGNING_ED25519_PRIVATE_KEY_BASE64=$(./bpc keys new-signing)",
            "./bpc keys new-signing --json | jq -r .public_key_base64")
        { json };
        command.SetAction(parse => Run(Terminal.Of(parse), parse.GetValue(json)));
        return command;
    }

    private static int Run(Terminal terminal, bool json)
    {
        var privateKey = ReceiptSigner.NewPrivateKey();
        using var signer = ReceiptSigner.Load("new", privateKey);
        var publicKey = Convert.ToBase64String(signer.PublicKey);
        if (json)
        {
            terminal.WriteJson(new { PrivateKeyBase64 = privateKey, PublicKeyBase64 = publicKey });
            return ExitCode.Done;
        }

        terminal.Line(privateKey);
        terminal.Say($"Its public key, for verify --key: {publicKey}");
        return ExitCode.Done;
    }
}
