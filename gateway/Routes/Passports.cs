using System.ComponentModel.DataAnnotations;
using Bpc.Core.Passports;
using Bpc.Gateway.Auth;
using Bpc.Gateway.Http;
using Bpc.Gateway.OpenApi;
using Bpc.Gateway.Queries;
using Bpc.GrainInterfaces.Passports;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Bpc.Gateway.Routes;

/// <summary>Battery products, and the passport of each battery.</summary>
internal static class Passports
{
    public static void MapPassports(this IEndpointRouteBuilder v1)
    {
        var products = v1.MapGroup("/battery-products").WithTags("Passports");
        products.MapPost("/", CreateProductAsync).RequireAuthorization(Permission.PassportCompile)
            .WithSummary("Create a battery product")
            .Example("""{"sku": "SKU-123", "name": "Traction battery 75 kWh", "category": "EV"}""");
        products.MapGet("/", ListProductsAsync).RequireAuthorization(Permission.PassportRead)
            .WithSummary("List battery products");

        var passports = v1.MapGroup("/passports").WithTags("Passports");
        passports.MapPost("/", CreateAsync).RequireAuthorization(Permission.PassportCompile)
            .WithSummary("Create the passport of one battery")
            .Example("""{"battery_product_id": "01982f6e-7d1c-7c3e-9b1a-3f6c1d2e4a5b", "serial_number": "SN-0001"}""");
        passports.MapGet("/", ListAsync).RequireAuthorization(Permission.PassportRead).WithSummary("List passports");
        passports.MapGet("/{id:guid}/versions", VersionsAsync).RequireAuthorization(Permission.PassportRead)
            .WithSummary("List the versions of a passport");
        passports.MapPost("/{id:guid}/compile", CompileAsync).RequireAuthorization(Permission.PassportCompile)
            .WithSummary("Compile a new version")
            .WithDescription("""
                Queues COMPILE_PASSPORT; SNAPSHOT_NOT_SEALED and RULE_PKG_NOT_PUBLISHED queue nothing. DEPRECATED rules
                compile with a `warning`, RETIRED ones are INVALID_STATE.
                """)
            .Example("""
                {
                  "snapshot_id": "01982f6e-7d1c-7c3e-9b1a-3f6c1d2e4a5b",
                  "rule_package_version_id": "01982f6e-8a00-7000-8000-000000000001"
                }
                """);
    }

    private static async Task<Created<BatteryProductAnswer>> CreateProductAsync(
        Body<NewBatteryProduct> body, Caller caller, IGrainFactory grains)
    {
        var created = await grains.GetGrain<IBatteryProductGrain>(Guid.CreateVersion7())
            .CreateAsync(caller.Call, body.Value.Sku, body.Value.Name, body.Value.Category);
        return TypedResults.Created(
            (string?)null, new BatteryProductAnswer(created.BatteryProductId, created.Sku, "CREATED"));
    }

    private static Task<Page<BatteryProductRow>> ListProductsAsync(
        [AsParameters] ProductFilter filter, [AsParameters] PageRequest page, Caller caller, PassportQueries passports,
        CancellationToken ct) =>
        passports.ProductsAsync(caller.TenantId, filter, page, ct);

    private static async Task<Created<PassportAnswer>> CreateAsync(
        Body<NewPassport> body, Caller caller, IGrainFactory grains)
    {
        var created = await grains.GetGrain<IPassportGrain>(Guid.CreateVersion7())
            .CreateAsync(caller.Call, body.Value.BatteryProductId, body.Value.SerialNumber);
        return TypedResults.Created(
            $"/v1/passports/{created.PassportId}/versions",
            new PassportAnswer(created.PassportId, created.SerialNumber, "CREATED"));
    }

    private static Task<Page<PassportRow>> ListAsync(
        [AsParameters] PassportFilter filter, [AsParameters] PageRequest page, Caller caller,
        PassportQueries passports, CancellationToken ct)
    {
        filter.Check();
        return passports.PassportsAsync(caller.TenantId, filter, page, ct);
    }

    private static async Task<Page<PassportVersionRow>> VersionsAsync(
        Guid id, [AsParameters] PageRequest page, Caller caller, PassportQueries passports, CancellationToken ct) =>
        (await passports.VersionsAsync(caller.TenantId, id, page, ct)).OrNotFound("passport", id);

    private static async Task<Accepted<CompileQueued>> CompileAsync(
        Guid id, Body<NewCompile> body, Caller caller, IGrainFactory grains)
    {
        var job = await grains.GetGrain<IPassportGrain>(id)
            .CompileAsync(caller.Call, body.Value.SnapshotId, body.Value.RulePackageVersionId);
        return TypedResults.Accepted($"/v1/jobs/{job.JobId}", job);
    }

    private sealed record NewBatteryProduct(
        [property: StringLength(100, MinimumLength = 1)] string Sku,
        [property: StringLength(200, MinimumLength = 1)] string Name,
        [property: AllowedValues(BatteryCategories.Ev, BatteryCategories.Lmt, BatteryCategories.Industrial)]
        string Category);

    private sealed record NewPassport(
        Guid BatteryProductId, [property: StringLength(100, MinimumLength = 1)] string SerialNumber);

    private sealed record NewCompile(Guid SnapshotId, Guid RulePackageVersionId);

    private sealed record BatteryProductAnswer(Guid BatteryProductId, string Sku, string Status);

    private sealed record PassportAnswer(Guid PassportId, string SerialNumber, string Status);
}
