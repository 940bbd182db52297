using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Bpc.Core;
using Bpc.GrainInterfaces.Webhooks;
using Bpc.Grains.Webhooks;
using Bpc.Tests.Database;

namespace Bpc.Tests.Slices.Webhooks;

[Trait("Category", "Integration")]
public sealed class DeliveryTests(PostgresServer postgres)
{
    [Fact]
    public async Task An_event_arrives_signed_in_both_ways()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        await using var receiver = await Receiver.StartAsync(_ => 204);
        var endpoint = await silo.EndpointAsync(receiver.Url);

        await silo.DocumentAsync();
        var received = await receiver.NextAsync();
        await silo.IdleAsync();

        var id = received.Headers["X-BPC-Delivery-Id"].ToString();
        var timestamp = received.Headers["webhook-timestamp"].ToString();
        var key = Convert.FromBase64String(endpoint.Secret!["whsec_".Length..]);
        var signed = Encoding.UTF8.GetBytes($"{id}.{timestamp}.").Concat(received.Body).ToArray();
        Assert.Equal(
            "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed)), received.Headers["webhook-signature"]);
        Assert.Equal(id, received.Headers["webhook-id"]);
        Assert.True(long.Parse(timestamp, CultureInfo.InvariantCulture) > 1_700_000_000);
        Assert.Equal(
            "sha256=" + Convert.ToHexStringLower(
                HMACSHA256.HashData(Encoding.UTF8.GetBytes(endpoint.Secret), received.Body)),
            received.Headers["X-BPC-Signature"]);
        Assert.Equal("document.created", received.Headers["X-BPC-Event-Type"]);
        Assert.Equal("document.created", JsonElement.Parse(received.Body).GetProperty("event_type").GetString());
        Assert.Equal(1, await silo.CountAsync(
            "webhook_deliveries"
            + " WHERE webhook_delivery_id = $1 AND (status, http_status, attempts) = ('DELIVERED', 204, 1)",
            Guid.Parse(id)));
    }

    [Fact]
    public async Task An_event_and_a_replay_give_a_delivery_as_many_attempts_as_its_schedule_has()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        await using var receiver = await Receiver.StartAsync(_ => 204);
        var endpoint = await silo.EndpointAsync(receiver.Url);
        const string attempts = "SELECT max_attempts FROM jobs WHERE type = 'DELIVER_WEBHOOK'";

        await silo.DocumentAsync();
        await receiver.NextAsync();
        await silo.IdleAsync();
        Assert.Equal(DeliverySchedule.Attempts, await silo.Database.ScalarAsync<int>(attempts)); // as the SQL says

        await silo.Database.ExecuteAsync("DELETE FROM jobs"); // as the sweep does: a replay makes it anew
        var delivery = await silo.Database.ScalarAsync<Guid>("SELECT webhook_delivery_id FROM webhook_deliveries");
        await silo.Grains.GetGrain<IWebhookEndpointGrain>(endpoint.WebhookEndpointId)
            .ReplayAsync(silo.Call(), delivery);
        Assert.Equal(DeliverySchedule.Attempts, await silo.Database.ScalarAsync<int>(attempts));
    }

    [Theory]
    [InlineData(503, "WEBHOOK_FAILED")]
    [InlineData(429, "WEBHOOK_FAILED")]
    [InlineData(408, "WEBHOOK_FAILED")]
    [InlineData(404, "WEBHOOK_REJECTED")]
    [InlineData(302, "WEBHOOK_REJECTED")]
    public async Task A_refusal_is_written_down_and_a_requeued_job_delivers_after_all(int status, string code)
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        await using var receiver = await Receiver.StartAsync(nth => nth == 1 ? status : 200);
        await silo.EndpointAsync(receiver.Url);
        await silo.Database.ExecuteAsync("INSERT INTO job_pauses (type) VALUES ('DELIVER_WEBHOOK')");
        await silo.DocumentAsync();
        var job = await silo.Database.ScalarAsync<Guid>( // while nobody has claimed it with more
            "UPDATE jobs SET max_attempts = 1 WHERE type = 'DELIVER_WEBHOOK' RETURNING job_id");
        await silo.Database.ExecuteAsync("DELETE FROM job_pauses");

        Assert.Equal(code, (await silo.EndAsync(job)).ErrorCode);
        Assert.Equal(1, await silo.CountAsync(
            "webhook_deliveries WHERE status = 'FAILED' AND http_status = $1", status));
        Assert.NotNull(await silo.Database.ScalarAsync<string>("SELECT error_message FROM webhook_deliveries"));
        var again = await silo.RunAgainAsync(job);

        Assert.Equal(("SUCCEEDED", """{"http_status": 200}"""), (again.Status, again.Result));
        Assert.Equal(
            1,
            await silo.CountAsync(
                "webhook_deliveries WHERE status = 'DELIVERED' AND attempts = 2 AND error_message IS NULL"));
        Assert.Equal(2, receiver.Count);
    }

    [Fact]
    public async Task What_was_delivered_is_not_sent_again()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        await using var receiver = await Receiver.StartAsync(_ => 200);
        await silo.EndpointAsync(receiver.Url);
        await silo.DocumentAsync();
        await silo.IdleAsync();

        var again = await silo.RunAgainAsync(
            await silo.Database.ScalarAsync<Guid>("SELECT job_id FROM jobs WHERE type = 'DELIVER_WEBHOOK'"));

        Assert.Equal("SUCCEEDED", again.Status);
        Assert.Equal(1, receiver.Count);
    }

    [Fact]
    public async Task A_forbidden_address_is_never_dialled()
    {
        await using var silo = await TestSilo.StartAsync(postgres, s => s with { WebhookAllowCidrs = [] });
        using var trap = new TcpListener(IPAddress.Loopback, 0);
        trap.Start();
        var port = ((IPEndPoint)trap.LocalEndpoint).Port;
        await silo.EndpointAsync($"http://localhost:{port}/hook"); // a name: it is judged when it is dialled

        await silo.DocumentAsync();
        await silo.IdleAsync();

        Assert.False(trap.Pending());
        Assert.Equal(1, await silo.CountAsync(
            "jobs WHERE type = $1 AND status = 'FAILED' AND last_error->>'error_code' = 'WEBHOOK_URL_FORBIDDEN'",
            "DELIVER_WEBHOOK"));
        Assert.Equal(1, await silo.CountAsync("webhook_deliveries WHERE status = 'FAILED' AND http_status IS NULL"));
    }

    [Theory]
    [InlineData("http://127.0.0.1/hook")]
    [InlineData("http://[::1]/hook")]
    [InlineData("http://[::ffff:169.254.169.254]/latest/meta-data")]
    [InlineData("http://2130706433/hook")]
    [InlineData("http://0x7f.1/hook")]
    [InlineData("http://0177.0.0.1/hook")]
    public async Task A_forbidden_literal_address_is_refused_when_the_endpoint_is_made(string url)
    {
        await using var silo = await TestSilo.StartAsync(postgres, s => s with { WebhookAllowCidrs = [] });

        var error = await Assert.ThrowsAsync<BpcException>(() => silo.EndpointAsync(url));

        Assert.Equal(BpcError.WebhookUrlForbidden, error.Code);
        Assert.Equal(0, await silo.CountAsync("webhook_endpoints"));
    }

    [Fact]
    public async Task What_is_wrong_with_an_endpoint_is_said_at_once()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var endpoint = silo.Grains.GetGrain<IWebhookEndpointGrain>(Guid.CreateVersion7());

        var url = await Assert.ThrowsAsync<BpcException>(
            () => endpoint.CreateAsync(silo.Call(), "ftp://example.com", "short"));
        await endpoint.CreateAsync(silo.Call(), "https://example.com/hook", null);
        var type = await Assert.ThrowsAsync<BpcException>(
            () => endpoint.SubscribeAsync(silo.Call(), "passport.exploded"));
        var first = await endpoint.SubscribeAsync(silo.Call(), "*");
        var twice = await Assert.ThrowsAsync<BpcException>(() => endpoint.SubscribeAsync(silo.Call(), "*"));
        var stranger = await silo.Database.CreateTenantAsync();
        var foreign = await Assert.ThrowsAsync<BpcException>(
            () => endpoint.SubscribeAsync(silo.Call(tenant: stranger), "*"));

        Assert.Equal(["/url", "/secret"], url.Violations.Select(v => v.Where));
        Assert.Equal(BpcError.Validation, type.Code);
        Assert.Equal(BpcError.InvalidState, twice.Code);
        Assert.Contains(first.WebhookSubscriptionId.ToString(), twice.Message);
        Assert.Equal(BpcError.NotFound, foreign.Code);
    }
}
