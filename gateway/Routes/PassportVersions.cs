using System.ComponentModel.DataAnnotations;
using Bpc.Core;
using Bpc.Gateway.Auth;
using Bpc.Gateway.Http;
using Bpc.Gateway.OpenApi;
using Bpc.Gateway.Passports;
using Bpc.Gateway.Queries;
using Bpc.GrainInterfaces.Passports;

namespace Bpc.Gateway.Routes;

/// <summary>One version of a passport: its state, and what moves it. Its bytes: <see cref="Artefacts"/>.</summary>
internal static class PassportVersions
{
    public static void MapPassportVersions(this IEndpointRouteBuilder v1)
    {
        var versions = v1.MapGroup("/passport-versions/{id:guid}").WithTags("Passport versions");
        versions.MapGet("/", GetAsync).RequireAuthorization(Permission.PassportRead)
            .WithSummary("State and hashes of a version");
        versions.MapGet("/gaps", GapsAsync).RequireAuthorization(Permission.PassportRead)
            .WithSummary("What is missing")
            .WithDescription("Fields without a value, by section, with the article that asks for each.");
        versions.MapPost("/activate", ActivateAsync).RequireAuthorization(Permission.PassportCompile)
            .WithSummary("Activate a signed version")
            .WithDescription("The ACTIVE version before it becomes SUPERSEDED in the same moment.");
        versions.MapPost("/revoke", RevokeAsync).RequireAuthorization(Permission.PassportRevoke)
            .WithSummary("Revoke a version").Example("""{"reason": "Cell supplier recalled lot 17"}""");
        versions.MapPost("/replay", ReplayAsync).RequireAuthorization(Permission.PassportRead)
            .WithSummary("Compile again and compare").WithDescription("REPLAY_MISMATCH names the first difference.");
    }

    private static async Task<PassportVersionRow> GetAsync(
        Guid id, Caller caller, PassportQueries passports, CancellationToken ct) =>
        (await passports.VersionAsync(caller.TenantId, id, ct)).OrNotFound("passport version", id);

    private static async Task<GapList> GapsAsync(
        Guid id, Caller caller, ArtefactQueries artefacts, CancellationToken ct)
    {
        var sections = await artefacts.SectionsAsync(caller.TenantId, id, ct);
        return sections.Count > 0
            ? new(id, [.. sections.SelectMany(Sections.Gaps)])
            : throw new BpcException(BpcError.NotFound, $"passport version {id}");
    }

    private static async Task<PassportVersionState> ActivateAsync(
        Guid id, Caller caller, PassportQueries passports, IGrainFactory grains, CancellationToken ct)
    {
        var version = (await passports.VersionAsync(caller.TenantId, id, ct)).OrNotFound("passport version", id);
        return await grains.GetGrain<IPassportGrain>(version.PassportId).ActivateAsync(caller.Call, id);
    }

    private static Task<PassportVersionState> RevokeAsync(
        Guid id, Body<Revocation> body, Caller caller, IGrainFactory grains) =>
        grains.GetGrain<IPassportVersionGrain>(id).RevokeAsync(caller.Call, body.Value.Reason);

    private static async Task<ReplayAnswer> ReplayAsync(
        Guid id, Caller caller, IGrainFactory grains, CancellationToken ct)
    {
        var replayed = await grains.GetGrain<IPassportVersionGrain>(id).ReplayAsync(caller.Call, ct);
        return replayed.Identical
            ? new(id, Identical: true)
            : throw new BpcException(
                BpcError.ReplayMismatch, $"the replay differs from what is stored, first in {replayed.Difference}",
                [new(replayed.Difference ?? "", $"stored {replayed.Stored}, recompiled {replayed.Recompiled}")]);
    }

    private sealed record Revocation([property: StringLength(2000, MinimumLength = 1)] string Reason);

    private sealed record ReplayAnswer(Guid PassportVersionId, bool Identical);

    private sealed record GapList(Guid PassportVersionId, IReadOnlyList<Gap> Items);
}
