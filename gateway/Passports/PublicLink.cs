using Bpc.Core;
using Bpc.Core.Settings;

namespace Bpc.Gateway.Passports;

/// <summary>The address a phone opens: under BPC_PUBLIC_BASE_URL, or where this request came in.</summary>
internal sealed class PublicLink(BpcSettings settings)
{
    public string To(HttpRequest request, Guid passportVersionId) => $"{Base(request)}/p/{passportVersionId}";

    /// <summary>VALIDATION_ERROR where the request's Host header names no host.</summary>
    public string Base(HttpRequest request)
    {
        if (settings.Http.PublicBaseUrl is { } configured)
        {
            return configured.TrimEnd('/');
        }

        var here = $"{request.Scheme}://{request.Host}";
        return Uri.TryCreate(here, UriKind.Absolute, out _) ? here : throw new BpcException(
            BpcError.Validation,
            $"the Host header is '{ShortText.Of(request.Host.Value ?? "", 100)}'; a host's name or address is wanted, "
            + "with a port up to 65535 where it needs one");
    }
}
