using System.Text;
using System.Text.RegularExpressions;
using Npgsql;

namespace Bpc.Tests.Gateway;

/// <summary>An Idempotency-Key on every POST that there is: one effect, one answer, and none lost.</summary>
[Trait("Category", "Integration")]
public sealed class IdempotencyRouteTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    // It changes nothing, so there is nothing to be remembered.
    private const string OnlyReads = "/v1/passport-versions/{id}/replay";

    // A job has no events, only what it does has; a ping changes nothing, nor does enabling what is enabled or resuming
    // what is not paused.
    private static readonly Regex s_withoutEvent = new(
        "^/v1/jobs($|/|:retry|:resume)|/ping$|/enable$", RegexOptions.None, TimeSpan.FromMinutes(1));

    private readonly RunningGateway _gateway = fixture.Gateway;

    [Fact]
    public async Task Every_POST_repeats_its_first_answer_and_refuses_another_body_under_the_same_key()
    {
        var tenant = await _gateway.CreateTenantAsync();
        foreach (var path in await PostPathsAsync())
        {
            var request = await IdempotencyCases.MakeAsync(_gateway, tenant, path);
            var key = ("Idempotency-Key", $"{Guid.NewGuid()}");
            var before = await EventsAsync(tenant);
            var first = await tenant.Http.PostAsync(request.Path, request.Body, key);
            var events = await EventsAsync(tenant);
            Assert.True(events > before || s_withoutEvent.IsMatch(path), $"{path} appended no event");

            var again = await tenant.Http.PostAsync(request.Path, request.Body, key);
            var other = await tenant.Http.PostAsync(request.Path, request.OtherBody, key);

            Assert.True(first.Status is >= 200 and < 300, $"{path} answered {first.Status} {first.Text}");
            Assert.True(
                (first.Status, first.Text) == (again.Status, again.Text), $"{path}: {first.Text} then {again.Text}");
            Assert.True(
                (other.Status, other["code"]) == (409, "IDEMPOTENCY_CONFLICT"), $"{path}: {other.Status} {other.Text}");
            Assert.Equal(events, await EventsAsync(tenant));
        }
    }

    [Fact]
    public async Task Of_many_parallel_calls_with_one_key_each_POST_makes_one_effect_and_gives_one_answer()
    {
        var tenant = await _gateway.CreateTenantAsync();
        foreach (var path in await PostPathsAsync())
        {
            var request = await IdempotencyCases.MakeAsync(_gateway, tenant, path);
            var key = ("Idempotency-Key", $"{Guid.NewGuid()}");
            var events = await EventsAsync(tenant);

            var parallel = path == "/v1/snapshots" ? 50 : 8;
            var answers = await Task.WhenAll(Enumerable.Range(0, parallel)
                .Select(_ => tenant.Http.PostAsync(request.Path, request.Body, key)));

            Assert.True(
                answers.Select(a => (a.Status, a.Text)).Distinct().Count() == 1,
                $"{path}: {string.Join('\n', answers.Select(a => a.Text).Distinct())}");
            Assert.InRange(answers[0].Status, 200, 299);
            Assert.True(await EventsAsync(tenant) - events <= 1, $"{path} appended more than one event");
        }
    }

    [Fact]
    public async Task An_answer_that_never_arrived_is_given_again()
    {
        var tenant = await _gateway.CreateTenantAsync();
        var ct = TestContext.Current.CancellationToken;
        var key = ("Idempotency-Key", "lost-answer");
        await using var holding = await _gateway.Database.DataSource.OpenConnectionAsync(ct);
        await using var transaction = await holding.BeginTransactionAsync(ct);
        await using (var @lock = new NpgsqlCommand("LOCK TABLE snapshots IN SHARE MODE", holding))
        {
            await @lock.ExecuteNonQueryAsync(ct);
        }

        // The effect waits for the lock while its client goes away; then it is committed, and nobody is told.
        using var gone = new CancellationTokenSource();
        using var body = new StringContent("""{"label": "lost"}""", Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/snapshots") { Content = body };
        request.Headers.Add(key.Item1, key.Item2);
        var sending = tenant.Http.SendAsync(request, gone.Token);
        await Jobs.JobRows.UntilAsync(
            () => _gateway.Database.ScalarAsync<bool>(
                """
                SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
                                  AND wait_event_type = 'Lock' AND query LIKE '%snapshots%')
                """),
            "the effect waits");
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        await transaction.RollbackAsync(ct);

        var again = await tenant.Http.PostAsync("/v1/snapshots", """{"label": "lost"}""", key);
        Assert.Equal(201, again.Status);
        Assert.Equal(Guid.Parse(again["snapshot_id"]!), await _gateway.Database.ScalarAsync<Guid>(
            "SELECT snapshot_id FROM snapshots WHERE tenant_id = $1", tenant.Id));
    }

    [Fact]
    public async Task A_key_is_kept_for_its_time_and_free_again_afterwards()
    {
        var tenant = await _gateway.CreateTenantAsync();
        var key = ("Idempotency-Key", "reused");
        var first = await tenant.Http.PostAsync("/v1/snapshots", "{}", key);
        await AgeAsync("6 days 23 hours");
        Assert.Equal(first.Text, (await tenant.Http.PostAsync("/v1/snapshots", "{}", key)).Text);

        await AgeAsync("1 hour");
        Assert.NotEqual(first.Text, (await tenant.Http.PostAsync("/v1/snapshots", "{}", key)).Text);

        async Task AgeAsync(string time)
        {
            await _gateway.Database.ExecuteAsync(
                $"UPDATE idempotency_keys SET created_at = created_at - interval '{time}' WHERE tenant_id = $1",
                tenant.Id);
            await _gateway.Service<Grains.Storage.Housekeeping>().CleanAsync(TestContext.Current.CancellationToken);
        }
    }

    private async Task<List<string>> PostPathsAsync() =>
    [
        .. (await _gateway.Anonymous.GetAnswerAsync("/openapi/v1.json")).Json.GetProperty("paths").EnumerateObject()
            .Where(path => path.Value.TryGetProperty("post", out _) && path.Name != OnlyReads)
            .Select(path => path.Name),
    ];

    // The calls' own: a job that a call queued appends in its own time.
    private Task<long> EventsAsync(Tenant tenant) => _gateway.Database.ScalarAsync<long>(
        "SELECT count(*) FROM events WHERE tenant_id = $1 AND actor_id NOT LIKE 'job:%'", tenant.Id);
}
