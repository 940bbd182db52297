using System.Net;
using Bpc.Core;

namespace Bpc.Grains.Webhooks;

/// <summary>What an endpoint's address and secret may be.</summary>
internal static class EndpointInput
{
    /// <summary>VALIDATION_ERROR, all that is wrong; WEBHOOK_URL_FORBIDDEN for an address not to be dialled.</summary>
    public static void Check(AddressPolicy policy, string url)
    {
        var address = Address(url);
        CheckUrl(new(), url, address).ThrowIfWrong();
        CheckLiteral(policy, address!);
    }

    public static void Check(AddressPolicy policy, string url, string? secret)
    {
        var address = Address(url);
        CheckSecret(CheckUrl(new(), url, address), secret).ThrowIfWrong();
        CheckLiteral(policy, address!);
    }

    public static void CheckSecret(string? secret) => CheckSecret(new(), secret).ThrowIfWrong();

    // Null where it is no URL, or its host no name that could be looked up: Uri sees broken punycode only then.
    private static Uri? Address(string url)
    {
        try
        {
            return Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "https" or "http"
                && address.IdnHost.Length > 0 ? address : null;
        }
        catch (UriFormatException)
        {
            return null;
        }
    }

    private static InputCheck CheckUrl(InputCheck check, string url, Uri? address) => check
        .Text("/url", url, 2000)
        .Require(address is not null, "/url", "is not an absolute http or https URL")
        .Require(
            address is null or { UserInfo.Length: 0 }, "/url",
            "holds a user name; receivers check the signature instead");

    private static InputCheck CheckSecret(InputCheck check, string? secret) => check
        .Require(secret is null or { Length: >= 16 and <= 200 }, "/secret", "has a length outside 16 to 200 characters")
        .Require(
            secret is null || WebhookSignature.IsWellFormed(secret), "/secret",
            "starts with whsec_, but base64 of 24 to 64 bytes does not follow")
        .OptionalText("/secret", secret, 200);

    // A name is checked where it counts, when it is dialled; an address can be refused now.
    private static void CheckLiteral(AddressPolicy policy, Uri address)
    {
        if (IPAddress.TryParse(address.IdnHost.Trim('[', ']'), out var literal) && !policy.Allows(literal))
        {
            throw new BpcException(
                BpcError.WebhookUrlForbidden, $"webhooks may not go to {literal} (BPC_WEBHOOK_ALLOW_CIDRS)");
        }
    }
}
