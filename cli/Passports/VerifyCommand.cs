using System.CommandLine;
using System.CommandLine.Parsing;
using Bpc.Core;
using Bpc.Core.Passports.Signing;
using Bpc.Core.Passports.Verifying;
using Spectre.Console;

namespace Bpc.Cli.Passports;

/// <summary><c>bpc verify</c>: what an auditor runs, without us and without a network.</summary>
internal static class VerifyCommand
{
    // A file cannot know what became of it, and there is no network here to ask.
    private const string NotChecked = "whether it was revoked since";

    public static Command Create()
    {
        var bundle = new Argument<FileInfo>("BUNDLE") { Description = "The bundle of a version, or a view of it." }
            .OfExistingFiles();
        var key = new Option<string?>("--key")
        {
            Description = "The public key you trust: a PEM or JWKS file, or base64. Without it: exit 2, unverified.",
        };
        key.Validators.Add(CheckKey);
        var qr = new Option<string?>("--qr")
        {
            Description = "The text scanned from the battery's label (BPC1|…): another version's fails.",
        };
        var json = CommonOptions.Json();
        var command = new Verb(
            "verify",
            "Verifies a bundle or a view offline, from its hashes to its signature, against a public key you trust.",
            "./bpc verify passport.json --key manufacturer.pem",
            "./bpc verify passport.json --key jwks.json --qr 'BPC1|pv=…|ph=…|pr=…|rh=…'")
        { bundle, key, qr, json };
        command.SetAction(parse =>
        {
            var keyText = parse.GetValue(key) is { } given && File.Exists(given)
                ? File.ReadAllText(given) : parse.GetValue(key);
            var report = Verify(parse.GetRequiredValue(bundle), keyText, parse.GetValue(qr));
            var passport = VerifiedPassport.Of(report.Passport, keyText);
            Show(Terminal.Of(parse), report, passport, parse.GetValue(json));
            return report.Mismatch is not null ? ExitCode.Failed
                : report.SignerTrusted is null ? ExitCode.Unverified
                : ExitCode.Done;
        });
        return command;
    }

    // A mistyped file name would be read as a key, and called broken base64.
    private static void CheckKey(OptionResult result)
    {
        if (result.Tokens is not [{ Value: var text }] || File.Exists(text))
        {
            return;
        }

        try
        {
            PublicKeyReader.Read(text);
        }
        catch (BpcException e)
        {
            result.AddError($"--key: there is no file '{text}', and read as a key: {e.Message}");
        }
    }

    private static VerifyReport Verify(FileInfo file, string? keyText, string? label)
    {
        var trusted = keyText is null ? null : PublicKeyReader.Read(keyText);
        var bytes = File.ReadAllBytes(file.FullName);
        return ViewVerifier.IsView(bytes)
            ? ViewVerifier.Verify(bytes, trusted, label) : BundleVerifier.Verify(bytes, trusted, label);
    }

    private static void Show(Terminal terminal, VerifyReport report, VerifiedPassport? passport, bool json)
    {
        if (json)
        {
            terminal.WriteJson(new
            {
                verified = report is { Mismatch: null, SignerTrusted: true },
                report.Mismatch,
                report.SignerTrusted,
                passport,
                notChecked = new[] { NotChecked },
                report.Steps,
            });
        }
        else
        {
            ShowText(terminal, report, passport);
        }
    }

    private static void ShowText(Terminal terminal, VerifyReport report, VerifiedPassport? passport)
    {
        foreach (var step in report.Steps)
        {
            var mark = step.Ok ? "[green]✓[/]" : "[red]✗[/]";
            terminal.Out.MarkupLine($"{mark} {Markup.Escape(step.Name)} [dim]{Markup.Escape(step.Detail)}[/]");
        }

        foreach (var line in passport?.Lines() ?? [])
        {
            terminal.Line(line);
        }

        terminal.Line(report switch
        {
            { Mismatch: { } first } => $"NOT VERIFIED: {first.Name}: {first.Detail}",
            { SignerTrusted: null } => "CONSISTENT, but the signer is unverified: name a key you trust with --key",
            _ => "VERIFIED",
        });
        terminal.Line(passport is null
            ? $"not checked: {NotChecked}"
            : $"not checked: {NotChecked}; /p/{passport.PassportVersionId}/status.json of its issuer tells");
    }
}
