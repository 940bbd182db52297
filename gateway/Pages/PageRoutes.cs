using System.Security.Claims;
using Bpc.Core.Passports.Qr;
using Bpc.Gateway.Auth;
using Bpc.Gateway.Passports;
using Bpc.Gateway.Queries;

namespace Bpc.Gateway.Pages;

/// <summary>
/// The pages people open: the start page, and a battery's passport, which needs no login. What programs fetch of a
/// published passport is in <see cref="Routes.PublicPassports"/>.
/// </summary>
internal static class PageRoutes
{
    public static void MapPages(this IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup("/").AllowAnonymous().ExcludeFromDescription();
        pages.MapGet("/", StartAsync);
        pages.MapGet("/p/{id:guid}", PassportAsync);
        pages.MapGet("/p/{id:guid}/qr.png", QrAsync);
        pages.MapGet("/p/{**rest}", NotHere);
        pages.MapGet("/assets/{name}", PageFiles.Serve);
    }

    private static async Task<IResult> StartAsync(
        HttpContext http, PassportQueries passports, CancellationToken ct)
    {
        var latest = http.User.Identity is { IsAuthenticated: true }
            ? await passports.PassportsAsync(
                (await Caller.BindAsync(http)).TenantId, PassportFilter.All, new(Limit: 20, Cursor: null), ct)
            : null;
        http.Response.Headers.CacheControl = "no-store";
        return PageResults.Start(
            latest?.Items.Select(p => new PassportLink(p.Sku, p.SerialNumber, p.ActiveVersionId)).ToList(),
            isOperator: http.User.HasClaim(ClaimTypes.Role, Role.Operator));
    }

    private static async Task<IResult> PassportAsync(
        Guid id, PublicPassportQueries passports, FieldCatalogue catalogue, HttpContext http, CancellationToken ct)
    {
        if (await passports.FindAsync(id, ct) is not { } row)
        {
            return NotHere();
        }

        http.Response.Headers.CacheControl = "no-cache"; // it may be revoked the next moment
        var fields = await catalogue.FieldsAsync(row.TenantId, row.RulePackageVersionId, ct);
        return PageResults.Passport(PassportViews.Of(row, fields));
    }

    private static async Task<IResult> QrAsync(
        Guid id, string? kind, PublicPassportQueries passports, PublicLink link, HttpContext http, CancellationToken ct)
    {
        if (await passports.QrPngAsync(id, ct) is not { } bpc1)
        {
            return NotHere();
        }

        http.Response.Headers.CacheControl = "no-cache";
        return TypedResults.File(kind == "link" ? QrCode.Png(link.To(http.Request, id)) : bpc1, "image/png");
    }

    private static IResult NotHere() => PageResults.Notice(
        StatusCodes.Status404NotFound, "No passport here",
        "There is no public battery passport at this address. Check the code, or ask whoever sold you the battery.");
}

/// <summary>A line of the start page's list.</summary>
public sealed record PassportLink(string Sku, string SerialNumber, Guid? ActiveVersionId);
