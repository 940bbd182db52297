using System.ComponentModel.DataAnnotations;
using Bpc.Gateway.Auth;
using Bpc.Gateway.Http;
using Bpc.Gateway.OpenApi;
using Bpc.Gateway.Queries;
using Bpc.GrainInterfaces.Snapshots;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Bpc.Gateway.Routes;

/// <summary>Snapshots: the facts a passport is compiled from, sealed for ever.</summary>
internal static class Snapshots
{
    public static void MapSnapshots(this IEndpointRouteBuilder v1)
    {
        var snapshots = v1.MapGroup("/snapshots").WithTags("Snapshots");
        snapshots.MapPost("/", CreateAsync).RequireAuthorization(Permission.SnapshotWrite)
            .WithSummary("Create a snapshot").Example("""{"label": "Battery Snapshot 2025-Q1"}""");
        snapshots.MapGet("/", ListAsync).RequireAuthorization(Permission.SnapshotRead).WithSummary("List snapshots");
        snapshots.MapGet("/{id:guid}", GetAsync).RequireAuthorization(Permission.SnapshotRead)
            .WithSummary("State of a snapshot");
        snapshots.MapGet("/{id:guid}/items", ItemsAsync).RequireAuthorization(Permission.SnapshotRead)
            .WithSummary("List its facts").WithDescription("As its bytes name them, without their payloads.");
        snapshots.MapPost("/{id:guid}/items", AddItemsAsync).RequireAuthorization(Permission.SnapshotWrite)
            .WithSummary("Add facts")
            .WithDescription("Adding a fact twice is no error. SNAPSHOT_SEALED once it is sealed.")
            .Example("""{"fact_ids": ["01982f6e-7d1c-7c3e-9b1a-3f6c1d2e4a5b"]}""");
        snapshots.MapPost("/{id:guid}/seal", SealAsync).RequireAuthorization(Permission.SnapshotWrite)
            .WithSummary("Seal a snapshot")
            .WithDescription(
                "Computes snapshot_hash; nothing in it changes afterwards. Sealing again answers the same.");
    }

    private static async Task<Created<SnapshotState>> CreateAsync(
        Body<NewSnapshot> body, Caller caller, IGrainFactory grains)
    {
        var created = await grains.GetGrain<ISnapshotGrain>(Guid.CreateVersion7())
            .CreateAsync(caller.Call, body.Value.Label);
        return TypedResults.Created($"/v1/snapshots/{created.SnapshotId}", created);
    }

    private static Task<Page<SnapshotRow>> ListAsync(
        [AsParameters] PageRequest page, Caller caller, SnapshotQueries snapshots, CancellationToken ct) =>
        snapshots.SnapshotsAsync(caller.TenantId, page, ct);

    private static async Task<SnapshotRow> GetAsync(
        Guid id, Caller caller, SnapshotQueries snapshots, CancellationToken ct) =>
        (await snapshots.SnapshotAsync(caller.TenantId, id, ct)).OrNotFound("snapshot", id);

    private static async Task<Page<SnapshotItemRow>> ItemsAsync(
        Guid id, [AsParameters] PageRequest page, Caller caller, SnapshotQueries snapshots, CancellationToken ct)
    {
        _ = (await snapshots.SnapshotAsync(caller.TenantId, id, ct)).OrNotFound("snapshot", id);
        return await snapshots.ItemsAsync(caller.TenantId, id, page, ct);
    }

    private static Task<SnapshotState> AddItemsAsync(
        Guid id, Body<NewItems> body, Caller caller, IGrainFactory grains) =>
        grains.GetGrain<ISnapshotGrain>(id).AddItemsAsync(caller.Call, body.Value.FactIds);

    private static Task<SnapshotState> SealAsync(
        Guid id, Caller caller, IGrainFactory grains, CancellationToken ct) =>
        grains.GetGrain<ISnapshotGrain>(id).SealAsync(caller.Call, ct);

    private sealed record NewSnapshot([property: StringLength(200)] string? Label = null);

    private sealed record NewItems([property: Length(1, ISnapshotGrain.MaxFactsPerCall)] Guid[] FactIds);
}
