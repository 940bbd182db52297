using Bpc.Core;
using Bpc.GrainInterfaces.Documents;
using Bpc.GrainInterfaces.Passports;
using Bpc.GrainInterfaces.Snapshots;
using Bpc.GrainInterfaces.Webhooks;
using Bpc.Tests.Database;
using Bpc.Tests.Jobs.Faults;

namespace Bpc.Tests.Slices.Storage;

[Trait("Category", "Integration")]
public sealed class IdempotencyTests(PostgresServer postgres)
{
    [Fact]
    public async Task Fifty_parallel_calls_with_one_key_make_one_effect_and_get_one_answer()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var call = silo.Call("key-1", "hash-1");

        // Each call under an id of its own, as gateways send them: no grain brings them into a line, only the key does.
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(
            _ => silo.Grains.GetGrain<IDocumentGrain>(Guid.CreateVersion7()).CreateAsync(call, "BOM", null)));

        Assert.Single(answers.Distinct());
        Assert.Equal(1, await silo.CountAsync("documents"));
        Assert.Equal(1, await silo.EventsAsync("document.created"));
    }

    [Fact]
    public async Task The_same_key_with_another_request_is_a_conflict()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        await silo.Grains.GetGrain<IDocumentGrain>(Guid.CreateVersion7())
            .CreateAsync(silo.Call("key-1", "hash-1"), "BOM", null);

        var error = await Assert.ThrowsAsync<BpcException>(
            () => silo.Grains.GetGrain<IDocumentGrain>(Guid.CreateVersion7())
            .CreateAsync(silo.Call("key-1", "hash-2"), "PCF", null));

        Assert.Equal(BpcError.IdempotencyConflict, error.Code);
        Assert.Equal(1, await silo.CountAsync("documents"));
    }

    [Fact]
    public async Task Another_tenant_may_use_the_same_key()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var other = await silo.Database.CreateTenantAsync();

        await silo.Grains.GetGrain<IDocumentGrain>(Guid.CreateVersion7())
            .CreateAsync(silo.Call("key-1", "hash-1"), "BOM", null);
        await silo.Grains.GetGrain<IDocumentGrain>(Guid.CreateVersion7())
            .CreateAsync(silo.Call("key-1", "hash-2", other), "PCF", null);

        Assert.Equal(2, await silo.CountAsync("documents"));
    }

    [Fact]
    public async Task A_call_that_fails_leaves_its_key_free()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var call = silo.Call("key-1", "hash-1");
        var product = Guid.CreateVersion7();

        await Assert.ThrowsAsync<BpcException>(
            () => silo.Grains.GetGrain<IPassportGrain>(Guid.CreateVersion7()).CreateAsync(call, product, "SN-1"));
        await silo.Grains.GetGrain<IBatteryProductGrain>(product).CreateAsync(silo.Call(), "SKU-1", "Battery", "EV");
        await silo.Grains.GetGrain<IPassportGrain>(Guid.CreateVersion7()).CreateAsync(call, product, "SN-1");

        Assert.Equal(1, await silo.CountAsync("passports"));
    }

    [Fact]
    public async Task A_commit_whose_answer_never_came_is_answered_to_whoever_asks_again()
    {
        const string mark = "the answer to this is lost";
        AnswerEater? way = null;
        await using var silo = await TestSilo.StartAsync(postgres, s => s with
        {
            Database = s.Database with { Port = (way ??= new(s.Database.Port, mark)).Port },
        });
        await using var _ = way;
        var call = silo.Call("key-1", "hash-1");
        Task<SnapshotState> CreateAsync() =>
            silo.Grains.GetGrain<ISnapshotGrain>(Guid.CreateVersion7()).CreateAsync(call, mark);

        var lost = await Assert.ThrowsAsync<BpcException>(CreateAsync);
        var again = await CreateAsync();

        Assert.True(way!.HasEaten);
        Assert.Equal(BpcError.DbUnavailable, lost.Code); // 503: the client repeats
        Assert.Equal(1, await silo.CountAsync("snapshots WHERE snapshot_id = $1", again.SnapshotId));
        Assert.Equal(1, await silo.CountAsync("snapshots"));
        Assert.Equal(1, await silo.EventsAsync("snapshot.created"));
    }

    [Fact]
    public async Task A_repeated_upload_answers_the_same_version_and_job()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var document = silo.Grains.GetGrain<IDocumentGrain>(Guid.CreateVersion7());
        await document.CreateAsync(silo.Call(), "OTHER", null);

        var first = await document.AddVersionAsync(silo.Call("key-1", "hash-1"), "application/json", Samples.Facts());
        var second = await document.AddVersionAsync(silo.Call("key-1", "hash-1"), "application/json", Samples.Facts());

        Assert.Equal(first, second);
        Assert.Equal(1, await silo.CountAsync("jobs"));
    }

    [Fact]
    public async Task A_secret_shown_once_is_not_readable_in_the_stored_answer()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var call = silo.Call("key-1", "hash-1");
        const string url = "https://example.com/hook";

        var first = await silo.Grains.GetGrain<IWebhookEndpointGrain>(Guid.CreateVersion7())
            .CreateAsync(call, url, null);
        var again = await silo.Grains.GetGrain<IWebhookEndpointGrain>(Guid.CreateVersion7())
            .CreateAsync(call, url, null);

        Assert.Equal(first, again);
        Assert.StartsWith("whsec_", first.Secret);
        Assert.DoesNotContain(
            first.Secret!["whsec_".Length..],
            await silo.Database.ScalarAsync<string>("SELECT response::text FROM idempotency_keys"));
    }
}
