using System.Net;
using System.Net.Sockets;
using Bpc.GrainInterfaces.Webhooks;
using Bpc.Tests.Database;
using Bpc.Tests.Jobs;

namespace Bpc.Tests.Slices.Webhooks;

[Trait("Category", "Integration")]
public sealed class CircuitBreakerTests(PostgresServer postgres)
{
    /// <summary>True in SQL of a delivery's job that found the circuit open for long, and spent nothing.</summary>
    private const string Waits = """
        type = 'DELIVER_WEBHOOK' AND status = 'QUEUED' AND attempts = 0 AND lease_epoch > 0
          AND scheduled_at > now() + interval '1 minute'
        """;

    [Fact]
    public async Task Five_failures_in_a_row_open_the_circuit()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        await using var receiver = await Receiver.StartAsync(_ => 503, retryAfter: "3600"); // none comes twice
        await silo.EndpointAsync(receiver.Url);
        for (var failures = 0; failures < 5; failures++)
        {
            await silo.DocumentAsync();
        }

        await CircuitAsync(silo, "circuit_open_until > failing_since AND circuit_failures = 5", "it is open");
        Assert.Equal(5, receiver.Count);
    }

    [Fact]
    public async Task Deliveries_to_a_failing_endpoint_wait_without_spending_attempts_until_a_ping_is_answered()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        await using var receiver = await Receiver.StartAsync(_ => 200);
        var created = await silo.EndpointAsync(receiver.Url);
        await OpenForLongAsync(silo);
        for (var waiting = 0; waiting < 20; waiting++)
        {
            await silo.DocumentAsync();
        }

        await JobRows.UntilAsync(
            async () => await silo.CountAsync($"jobs WHERE {Waits}") == 20, "twenty wait, their attempts unspent");
        Assert.Equal(0, receiver.Count);

        await silo.Grains.GetGrain<IWebhookEndpointGrain>(created.WebhookEndpointId).PingAsync(silo.Call());
        await CircuitAsync(silo, "circuit_open_until IS NULL AND failing_since IS NULL", "it is closed");
        await silo.Database.ExecuteAsync("UPDATE jobs SET scheduled_at = now() WHERE status = 'QUEUED'");
        await silo.IdleAsync();
        Assert.Equal(21, await silo.CountAsync("webhook_deliveries WHERE status = 'DELIVERED'"));
    }

    [Fact]
    public async Task A_ping_goes_through_a_circuit_that_is_open_for_long_and_closes_it()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        await using var receiver = await Receiver.StartAsync(_ => 200);
        var created = await silo.EndpointAsync(receiver.Url);
        await OpenForLongAsync(silo);
        await silo.DocumentAsync();
        await JobRows.UntilAsync(
            async () => await silo.CountAsync($"jobs WHERE {Waits}") == 1,
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

        for (var events = 0; events < 6; events++)
        {
            await silo.DocumentAsync();
        }

        // The hanging ones are given up after 30 s; the others are all there before the first of them is.
        await JobRows.UntilAsync(
            async () => await silo.CountAsync("webhook_deliveries WHERE status = 'DELIVERED'") == 6,
            "the endpoint that is well has all of its deliveries", TimeSpan.FromSeconds(28));
        Assert.Equal(0, await silo.CountAsync("webhook_deliveries WHERE status = 'FAILED'"));
        var held = new List<TcpClient>(); // each that hung up would let another dial
        await JobRows.UntilAsync(
            async () =>
            {
                while (hanging.Pending())
                {
                    held.Add(await hanging.AcceptTcpClientAsync(TestContext.Current.CancellationToken));
                }

                return held.Count >= 3;
            },
            "three have dialled the one that hangs");
        Assert.Equal(3, held.Count);
        held.ForEach(client => client.Dispose());
    }

    /// <summary>Before anything is delivered, or the breaker would not read it.</summary>
    private static Task<int> OpenForLongAsync(TestSilo silo) => silo.Database.ExecuteAsync(
        """
        UPDATE webhook_endpoints SET circuit_failures = 9, circuit_open_until = now() + interval '15 minutes',
               failing_since = now() - interval '1 hour'
        """);

    private static Task CircuitAsync(TestSilo silo, string condition, string what) => JobRows.UntilAsync(
        async () => await silo.CountAsync($"webhook_endpoints WHERE {condition}") == 1, what);
}
