using System.Security.Cryptography;
using System.Text;
using Bpc.Core;
using Bpc.GrainInterfaces.Webhooks;
using Bpc.Grains.Storage;
using Bpc.Tests.Database;
using Bpc.Tests.Jobs;

namespace Bpc.Tests.Slices.Webhooks;

[Trait("Category", "Integration")]
public sealed class EndpointLifeTests(PostgresServer postgres)
{
    [Fact]
    public async Task During_a_rotation_both_secrets_sign_and_afterwards_the_old_one_is_gone()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        await using var receiver = await Receiver.StartAsync(_ => 200);
        var old = await silo.EndpointAsync(receiver.Url);
        var endpoint = Endpoint(silo, old);
        var rotated = await endpoint.RotateSecretAsync(silo.Call(), null, TimeSpan.FromHours(1));

        await silo.DocumentAsync();
        var both = await receiver.NextAsync();
        await silo.Database.ExecuteAsync("UPDATE webhook_endpoints SET rotating_until = now()");
        await silo.DocumentAsync();
        var one = await receiver.NextAsync();
        await silo.Service<Housekeeping>().CleanAsync(TestContext.Current.CancellationToken);

        Assert.Equal(OfBody(rotated.Secret, both), both.Headers["X-BPC-Signature"]);
        Assert.Equal(OfBody(old.Secret!, both), both.Headers["X-BPC-Signature-Previous"]);
        Assert.Equal(2, both.Headers["webhook-signature"].ToString().Split(" v1,").Length);
        Assert.Equal(OfBody(rotated.Secret, one), one.Headers["X-BPC-Signature"]);
        Assert.False(one.Headers.ContainsKey("X-BPC-Signature-Previous"));
        Assert.DoesNotContain(' ', one.Headers["webhook-signature"].ToString());
        Assert.Equal(1, await silo.CountAsync("webhook_endpoints WHERE previous_secret_encrypted IS NULL"));
        await silo.HappenedOnceAsync("webhook_endpoint.secret_rotated");
    }

    [Fact]
    public async Task A_second_rotation_waits_for_the_first_or_ends_it_when_it_is_told_to()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        await using var receiver = await Receiver.StartAsync(_ => 200);
        var old = await silo.EndpointAsync(receiver.Url);
        var endpoint = Endpoint(silo, old);
        var first = await endpoint.RotateSecretAsync(silo.Call(), null, TimeSpan.FromHours(1));

        var early = await Assert.ThrowsAsync<BpcException>(
            () => endpoint.RotateSecretAsync(silo.Call(), null, TimeSpan.FromHours(1)));
        await silo.DocumentAsync();
        var promised = await receiver.NextAsync();
        var second = await endpoint.RotateSecretAsync(silo.Call(), null, TimeSpan.Zero);
        await silo.DocumentAsync();
        var alone = await receiver.NextAsync();
        var third = await endpoint.RotateSecretAsync(silo.Call(), null, TimeSpan.FromHours(1));
        await silo.DocumentAsync();
        var again = await receiver.NextAsync();

        Assert.Equal(BpcError.InvalidState, early.Code);
        Assert.Contains($"{first.PreviousSecretUntil:yyyy-MM-ddTHH:mm:ssZ}", early.Message);
        Assert.Contains("overlap_hours 0", early.Message);
        Assert.Equal(OfBody(first.Secret, promised), promised.Headers["X-BPC-Signature"]);
        Assert.Equal(OfBody(old.Secret!, promised), promised.Headers["X-BPC-Signature-Previous"]);
        Assert.Equal(OfBody(second.Secret, alone), alone.Headers["X-BPC-Signature"]);
        Assert.False(alone.Headers.ContainsKey("X-BPC-Signature-Previous"));
        Assert.Equal(OfBody(third.Secret, again), again.Headers["X-BPC-Signature"]);
        Assert.Equal(OfBody(second.Secret, again), again.Headers["X-BPC-Signature-Previous"]);
    }

    [Fact]
    public async Task A_repeated_rotation_shows_the_same_secret_and_stores_it_encrypted()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var created = await silo.EndpointAsync("https://example.com/hook");
        var call = silo.Call("key-1", "hash-1");

        var first = await Endpoint(silo, created).RotateSecretAsync(call, null, TimeSpan.FromHours(1));
        var again = await Endpoint(silo, created).RotateSecretAsync(call, null, TimeSpan.FromHours(1));

        Assert.Equal(first, again);
        Assert.DoesNotContain(
            first.Secret["whsec_".Length..],
            await silo.Database.ScalarAsync<string>("SELECT response::text FROM idempotency_keys"));
        await silo.HappenedOnceAsync("webhook_endpoint.secret_rotated");
    }

    [Fact]
    public async Task A_ping_arrives_without_a_subscription_and_a_delivery_is_replayed_with_the_same_id_and_bytes()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        await using var receiver = await Receiver.StartAsync(_ => 200);
        var endpoint = silo.Grains.GetGrain<IWebhookEndpointGrain>(Guid.CreateVersion7());
        await endpoint.CreateAsync(silo.Call(), receiver.Url, null);

        var ping = await endpoint.PingAsync(silo.Call());
        var first = await receiver.NextAsync();
        await silo.DeliveredAsync(ping.WebhookDeliveryId);
        await silo.IdleAsync();
        var replayed = await endpoint.ReplayAsync(silo.Call(), ping.WebhookDeliveryId);
        var second = await receiver.NextAsync();
        await silo.DeliveredAsync(ping.WebhookDeliveryId);

        Assert.Equal("webhook_endpoint.ping", first.Headers["X-BPC-Event-Type"]);
        Assert.Equal(ping.JobId, replayed.JobId);
        Assert.Equal(first.Headers["webhook-id"], second.Headers["webhook-id"]);
        Assert.Equal(first.Body, second.Body);
        Assert.Equal(2, await silo.CountAsync("webhook_attempts WHERE http_status = 200 AND error_message IS NULL"));
        await silo.HappenedOnceAsync("webhook_delivery.replayed");
    }

    [Fact]
    public async Task An_endpoint_that_is_gone_is_disabled_and_gets_nothing_until_it_is_enabled()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        await using var receiver = await Receiver.StartAsync(nth => nth == 1 ? 410 : 200);
        var created = await silo.EndpointAsync(receiver.Url);
        await silo.DocumentAsync();
        await JobRows.UntilAsync(
            async () => await silo.CountAsync(
                "webhook_endpoints WHERE status = 'DISABLED' AND disabled_reason LIKE '%410%'") == 1,
            "it is DISABLED");
        await silo.IdleAsync();

        await silo.DocumentAsync();
        Assert.Equal(1, await silo.CountAsync("webhook_deliveries"));
        var refused = await Assert.ThrowsAsync<BpcException>(() => Endpoint(silo, created).PingAsync(silo.Call()));
        Assert.Equal(BpcError.InvalidState, refused.Code);
        await Endpoint(silo, created).SetEnabledAsync(silo.Call(), enabled: true);
        await silo.DocumentAsync();
        await silo.IdleAsync();

        Assert.Equal(2, receiver.Count);
        await silo.HappenedOnceAsync("webhook_endpoint.disabled", "webhook_endpoint.enabled");
    }

    [Fact]
    public async Task A_deleted_endpoint_keeps_its_history_and_loses_its_secrets()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        await using var receiver = await Receiver.StartAsync(_ => 200);
        var created = await silo.EndpointAsync(receiver.Url);
        await silo.DocumentAsync();
        await silo.IdleAsync();

        Assert.Equal("DELETED", (await Endpoint(silo, created).DeleteAsync(silo.Call())).Status);
        await silo.DocumentAsync();
        await silo.IdleAsync();
        var gone = await Assert.ThrowsAsync<BpcException>(() => Endpoint(silo, created).DeleteAsync(silo.Call()));

        Assert.Equal(BpcError.NotFound, gone.Code);
        Assert.Equal(1, receiver.Count);
        Assert.Equal(1, await silo.CountAsync(
            "webhook_deliveries JOIN webhook_endpoints USING (webhook_endpoint_id) WHERE url = $1", receiver.Url));
        Assert.Equal(0, await silo.CountAsync("webhook_endpoints WHERE secret_encrypted IS NOT NULL"));
        await silo.HappenedOnceAsync("webhook_endpoint.deleted");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_endpoint_that_asks_for_time_gets_it(bool asDate)
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var retryAfter = asDate ? $"{DateTimeOffset.UtcNow.AddHours(1):R}" : "3600";
        await using var receiver = await Receiver.StartAsync(_ => 429, retryAfter);
        await silo.EndpointAsync(receiver.Url);
        await silo.DocumentAsync();

        await JobRows.UntilAsync(
            async () => await silo.CountAsync(
                """
                jobs WHERE type = 'DELIVER_WEBHOOK' AND status = 'QUEUED' AND attempts = 1
                  AND scheduled_at BETWEEN now() + interval '58 minutes' AND now() + interval '1 hour'
                """) == 1,
            "it waits for an hour");
    }

    [Fact]
    public async Task A_tenant_has_at_most_a_hundred_endpoints()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        await silo.Database.ExecuteAsync(
            """
            INSERT INTO webhook_endpoints (webhook_endpoint_id, tenant_id, url, secret_encrypted)
            SELECT bpc_uuid7(), $1, 'https://example.com', 'x' FROM generate_series(1, 99)
            """, silo.Tenant);
        await silo.EndpointAsync("https://example.com/hook");

        var refused = await Assert.ThrowsAsync<BpcException>(() => silo.EndpointAsync("https://example.com/hook"));

        Assert.Equal(BpcError.InvalidState, refused.Code);
    }

    [Fact]
    public async Task Deliveries_past_their_time_are_removed_unless_they_still_wait()
    {
        await using var silo = await TestSilo.StartAsync(postgres, s => s with { RetentionWebhooksDays = 30 });
        await using var receiver = await Receiver.StartAsync(
            nth => nth < 3 ? 200 : 503, retryAfter: "3600"); // no attempt meanwhile
        await silo.EndpointAsync(receiver.Url);
        for (var deliveries = 1; deliveries <= 3; deliveries++)
        {
            await silo.DocumentAsync();
            await receiver.NextAsync();
        }

        await JobRows.UntilAsync(
            async () => await silo.CountAsync("webhook_attempts") == 3, "each has had an attempt");
        await silo.Database.ExecuteAsync("UPDATE webhook_attempts SET attempted_at = now() - interval '31 days'");
        await silo.Database.ExecuteAsync(
            """
            UPDATE webhook_deliveries SET created_at = now() - interval '31 days',
                   delivered_at = delivered_at - interval '31 days'
             WHERE webhook_delivery_id <> (SELECT webhook_delivery_id FROM webhook_deliveries
                                            WHERE status = 'DELIVERED' LIMIT 1)
            """);
        await silo.Service<Housekeeping>().CleanAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, await silo.CountAsync("webhook_deliveries")); // a young one, and one that is tried again
        Assert.Equal(2, await silo.CountAsync("webhook_attempts"));
    }

    [Fact]
    public async Task A_delivery_s_time_counts_from_its_end_and_a_dead_letter_s_is_kept()
    {
        await using var silo = await TestSilo.StartAsync(postgres, s => s with { RetentionWebhooksDays = 30 });
        await using var receiver = await Receiver.StartAsync(_ => 200);
        var endpoint = await silo.EndpointAsync(receiver.Url);
        (string Name, string Status, int? Delivered, int? Attempted, string Job)[] deliveries =
        [
            ("delivered of late", "DELIVERED", 10, 10, "SUCCEEDED"), ("failed of late", "FAILED", null, 10, "FAILED"),
            ("dead letter", "FAILED", null, 35, "DEAD_LETTER"), ("delivered", "DELIVERED", 35, 35, "SUCCEEDED"),
            ("failed", "FAILED", null, 35, "FAILED"), ("never tried", "FAILED", null, null, "CANCELLED"),
        ];
        foreach (var (name, status, delivered, attempted, job) in deliveries)
        {
            await silo.Database.ExecuteAsync(
                """
                WITH delivery AS (
                  INSERT INTO webhook_deliveries (webhook_delivery_id, tenant_id, webhook_endpoint_id, event_type, body,
                                                  status, created_at, delivered_at)
                  SELECT bpc_uuid7(), tenant_id, webhook_endpoint_id, $2, '{}', $3, now() - interval '40 days',
                         now() - $4::int * interval '1 day'
                    FROM webhook_endpoints WHERE webhook_endpoint_id = $1 RETURNING *),
                tried AS (
                  INSERT INTO webhook_attempts (webhook_delivery_id, attempt, tenant_id, duration_ms, attempted_at)
                  SELECT webhook_delivery_id, 1, tenant_id, 5, now() - $5::int * interval '1 day'
                    FROM delivery WHERE $5::int IS NOT NULL)
                INSERT INTO jobs (tenant_id, type, status, idempotency_key)
                SELECT tenant_id, 'DELIVER_WEBHOOK', $6, webhook_delivery_id FROM delivery
                """,
                endpoint.WebhookEndpointId, name, status, delivered, attempted, job);
        }

        await silo.Service<Housekeeping>().CleanAsync(TestContext.Current.CancellationToken);

        Assert.Equal("dead letter, delivered of late, failed of late", await silo.Database.ScalarAsync<string>(
            "SELECT string_agg(event_type, ', ' ORDER BY event_type) FROM webhook_deliveries WHERE body = '{}'"));
    }

    private static IWebhookEndpointGrain Endpoint(TestSilo silo, WebhookEndpointCreated created) =>
        silo.Grains.GetGrain<IWebhookEndpointGrain>(created.WebhookEndpointId);

    private static string OfBody(string secret, Received received) =>
        "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), received.Body));
}
