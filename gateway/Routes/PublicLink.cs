using Bpc.Core.Settings;

namespace Bpc.Gateway.Routes;

/// <summary>The address a phone opens: under BPC_PUBLIC_BASE_URL, or where this request came in.</summary>
internal sealed class PublicLink(BpcSettings settings)
{
    public string To(HttpRequest request, Guid passportVersionId) => $"{Base(request)}/p/{passportVersionId}";

    public string Base(HttpRequest request) =>
        settings.Http.PublicBaseUrl?.TrimEnd('/') ?? $"{request.Scheme}://{request.Host}";
}
