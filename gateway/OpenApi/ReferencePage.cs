using Bpc.Hosting;
using Scalar.AspNetCore;

namespace Bpc.Gateway.OpenApi;

/// <summary>
/// The interactive reference at /reference; its script and fonts come from this server, and nothing is sent anywhere
/// else.
/// </summary>
internal static class ReferencePage
{
    public static void MapReferencePage(this IEndpointRouteBuilder app)
    {
        app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
        app.MapScalarApiReference("/reference", (options, http) =>
        {
            options.Title = "BPC API";
            options.DefaultFonts = false;
            options.Telemetry = false;
            options.ShowDeveloperTools = DeveloperToolsVisibility.Never;
            options.HideClientButton = true;
            options.DisableAgent();
            options.AddPreferredSecuritySchemes([ApiDocument.BearerScheme]);
            options.Nonce = SecurityHeaders.Nonce(http);
            options.AddDocument("v1");
        }).AllowAnonymous();
    }
}
