using System.Net;
using System.Net.Sockets;
using Bpc.GrainInterfaces.Webhooks;
using Bpc.Tests.Database;
using Bpc.Tests.Jobs;

namespace Bpc.Tests.Slices.Webhooks;

[Trait("Category", "Integration")]
public sealed class CircuitBreakerTests(PostgresServer postgres)
{
    [Fact]
    public async Task Deliveries_to_a_failing_endpoint_wait_without_spending_attempts_until_a_ping_is_answered()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var well = false;
        await using var receiver = await Receiver.StartAsync(_ => well ? 200 : 503);
        var created = await silo.EndpointAsync(receiver.Url);
        for (var failures = 0; failures < 5; failures++)
        {
            await silo.DocumentAsync();
        }

        await CircuitAsync(silo, "circuit_open_until > now() AND circuit_failures = 5", "it is open");
        for (var waiting = 0; waiting < 20; waiting++)
        {
            await silo.DocumentAsync();
        }

        await JobRows.UntilAsync(
            async () => await silo.CountAsync(
                """
                jobs WHERE type = 'DELIVER_WEBHOOK' AND status = 'QUEUED' AND attempts = 0 AND lease_epoch > 0
                  AND scheduled_at > now() + interval '10 seconds'
                """) == 20,
            "twenty wait, their attempts unspent");
        Assert.Equal(5, receiver.Count);

        well = true;
        await silo.Grains.GetGrain<IWebhookEndpointGrain>(created.WebhookEndpointId).PingAsync(silo.Call());
        await CircuitAsync(silo, "circuit_open_until IS NULL AND failing_since IS NULL", "it is closed");
        await silo.Database.ExecuteAsync("UPDATE jobs SET scheduled_at = now() WHERE status = 'QUEUED'");
        await silo.IdleAsync();
        Assert.Equal(26, await silo.CountAsync("webhook_deliveries WHERE status = 'DELIVERED'"));
    }

    [Fact]
    public async Task A_ping_goes_through_a_circuit_that_is_open_for_long_and_closes_it()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        await using var receiver = await Receiver.StartAsync(_ => 200);
        var created = await silo.EndpointAsync(receiver.Url);
        await silo.Database.ExecuteAsync(
            """
            UPDATE webhook_endpoints SET circuit_failures = 9, circuit_open_until = now() + interval '15 minutes',
                   failing_since = now() - interval '1 hour'
            """);
        await silo.DocumentAsync();
        await JobRows.UntilAsync(
            async () => await silo.CountAsync(
                "jobs WHERE type = 'DELIVER_WEBHOOK' AND status = 'QUEUED' AND lease_epoch > 0") == 1,
            "the event's own delivery found the circuit open and waits");

        await silo.Grains.GetGrain<IWebhookEndpointGrain>(created.WebhookEndpointId).PingAsync(silo.Call());

        Assert.Equal("webhook_endpoint.ping", (await receiver.NextAsync()).Headers["X-BPC-Event-Type"]);
        await CircuitAsync(silo, "circuit_open_until IS NULL AND failing_since IS NULL", "it is closed");
        Assert.Equal(1, receiver.Count);
    }

    [Fact]
    public async Task An_endpoint_that_answered_nothing_for_days_is_disabled_and_what_waits_for_it_ends()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        await using var receiver = await Receiver.StartAsync(_ => 500);
        await silo.EndpointAsync(receiver.Url);
        await silo.Database.ExecuteAsync(
            """
            UPDATE webhook_endpoints SET circuit_failures = 40, circuit_open_until = now() - interval '1 second',
                   failing_since = now() - interval '6 days'
            """);

        await silo.DocumentAsync();

        await CircuitAsync(silo, "status = 'DISABLED' AND disabled_reason LIKE '%6 days%'", "it is DISABLED");
        await silo.HappenedOnceAsync("webhook_endpoint.disabled");
        await silo.Database.ExecuteAsync("UPDATE jobs SET scheduled_at = now() WHERE status = 'QUEUED'");
        await silo.IdleAsync();
        Assert.Equal(1, await silo.CountAsync("jobs WHERE status = 'FAILED' AND type = 'DELIVER_WEBHOOK'"));
    }

    [Fact]
    public async Task An_endpoint_that_hangs_delays_no_other_and_holds_no_more_than_its_share()
    {
        await using var silo = await TestSilo.StartAsync(postgres, s => s with
        {
            Jobs = s.Jobs with { Concurrency = 16, ShutdownGrace = TimeSpan.Zero },
            WebhookConcurrency = 3,
        });
        using var hanging = new TcpListener(IPAddress.Loopback, 0);
        hanging.Start();
        await using var receiver = await Receiver.StartAsync(_ => 200);
        await silo.EndpointAsync($"http://127.0.0.1:{((IPEndPoint)hanging.LocalEndpoint).Port}/hook");
        await silo.EndpointAsync(receiver.Url);

        for (var events = 0; events < 15; events++)
        {
            await silo.DocumentAsync();
        }

        // The hanging ones are given up after 30 s; the others are all there before the first of them is.
        await JobRows.UntilAsync(
            async () => await silo.CountAsync("webhook_deliveries WHERE status = 'DELIVERED'") == 15,
            "the endpoint that is well has all of its deliveries", TimeSpan.FromSeconds(20));
        Assert.Equal(0, await silo.CountAsync("webhook_deliveries WHERE status = 'FAILED'"));
        var held = 0;
        while (hanging.Pending())
        {
            (await hanging.AcceptTcpClientAsync(TestContext.Current.CancellationToken)).Dispose();
            held++;
        }

        Assert.Equal(3, held);
    }

    private static Task CircuitAsync(TestSilo silo, string condition, string what) => JobRows.UntilAsync(
        async () => await silo.CountAsync($"webhook_endpoints WHERE {condition}") == 1, what);
}
