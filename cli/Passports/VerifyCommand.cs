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
    public static Command Create()
    {
        var bundle = new Argument<FileInfo>("BUNDLE") { Description = "The bundle of a version, or a view of it." }
            .OfExistingFiles();
        var key = new Option<string?>("--key")
        {
            Description = "The public key you trust: a PEM or JWKS file, or base64. Without it: exit 2, unverified.",
        };
        key.Validators.Add(CheckKey);
        var json = CommonOptions.Json();
        var command = new Verb(
            "verify",
            "Verifies a bundle or a view offline, from its hashes to its signature, against a public key you trust.",
            "./bpc verify passport.json --key manufacturer.pem",
            "./bpc verify passport.json --key jwks.json")
        { bundle, key, json };
        command.SetAction(parse =>
            Run(Terminal.Of(parse), parse.GetRequiredValue(bundle), parse.GetValue(key), parse.GetValue(json)));
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

    private static int Run(Terminal terminal, FileInfo bundle, string? key, bool json)
    {
        var trusted = key is null ? null : PublicKeyReader.Read(File.Exists(key) ? File.ReadAllText(key) : key);
        var bytes = File.ReadAllBytes(bundle.FullName);
        var report = ViewVerifier.IsView(bytes)
            ? ViewVerifier.Verify(bytes, trusted) : BundleVerifier.Verify(bytes, trusted);
        if (json)
        {
            terminal.WriteJson(new
            {
                verified = Verified(report),
                report.Mismatch,
                report.SignerTrusted,
                report.Steps,
            });
        }
        else
        {
            Show(terminal, report);
        }

        return report.Mismatch is not null ? ExitCode.Failed
            : report.SignerTrusted is null ? ExitCode.Unverified
            : ExitCode.Done;
    }

    private static bool Verified(VerifyReport report) => report is { Mismatch: null, SignerTrusted: true };

    private static void Show(Terminal terminal, VerifyReport report)
    {
        foreach (var step in report.Steps)
        {
            var mark = step.Ok ? "[green]✓[/]" : "[red]✗[/]";
            terminal.Out.MarkupLine($"{mark} {Markup.Escape(step.Name)} [dim]{Markup.Escape(step.Detail)}[/]");
        }

        terminal.Line(report switch
        {
            { Mismatch: { } first } => $"NOT VERIFIED: {first.Name}: {first.Detail}",
            { SignerTrusted: null } => "CONSISTENT, but the signer is unverified: name a key you trust with --key",
            _ => "VERIFIED",
        });
    }
}
