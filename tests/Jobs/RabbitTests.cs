using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Bpc.Tests.Database;
using RabbitMQ.Client;

namespace Bpc.Tests.Jobs;

/// <summary>The RabbitMQ trigger: a real broker, a real worker whose poll is a minute away.</summary>
[Trait("Category", "Integration")]
public sealed class RabbitTests(PostgresServer postgres, RabbitBroker broker) : IClassFixture<RabbitBroker>
{
    private readonly int _port = TestPort.Next();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Any_message_starts_what_is_queued_within_100_ms_whatever_is_in_it()
    {
        await broker.StartAsync();
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await using var worker = Start(database, broker.Url);
        await worker.UntilLineAsync("Listening for triggers");

        byte[][] payloads =
        [
            [], [0], "{}"u8.ToArray(), "{\"job_id\":\"'; DROP TABLE jobs\""u8.ToArray(),
            RandomNumberGenerator.GetBytes(500_000), new byte[2_000_000], [], [], [], // two million end the connection
        ];
        for (var i = 0; i < payloads.Length; i++)
        {
            await QueueSilentlyAndTriggerAsync(database, tenant, payloads[i]);
            await database.UntilAsync("SUCCEEDED", i + 1);
        }

        // The fastest: the first ones compile the code, and on a busy machine any single one may wait.
        const string took = "SELECT min(started_at - created_at) FROM jobs";
        var (fast, fastest) = (TimeSpan.FromMilliseconds(500), await database.ScalarAsync<TimeSpan>(took));
        for (var i = payloads.Length; i < 200 && fastest >= fast; i++)
        {
            await QueueSilentlyAndTriggerAsync(database, tenant, []);
            await database.UntilAsync("SUCCEEDED", i + 1);
            fastest = await database.ScalarAsync<TimeSpan>(took);
        }

        Assert.True(fastest < fast, $"the fastest took {fastest.TotalMilliseconds} ms");
        Assert.DoesNotContain(worker.Lines, l => l.Contains(RabbitBroker.Password, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_the_broker_jobs_run_and_readiness_says_so_and_when_it_is_back_triggers_are_heard_again()
    {
        await broker.StartAsync();
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await using var worker = Start(database, broker.Url);
        await UntilReadyAsync(HttpStatusCode.OK, queue: "ok");

        await broker.StopAsync();
        await UntilReadyAsync(HttpStatusCode.ServiceUnavailable, queue: "unavailable");
        await database.QueueAsync(tenant, "PARSE_FACTS"); // heard of from PostgreSQL
        await database.UntilAsync("QUEUED", 0);

        await broker.StartAsync();
        await UntilReadyAsync(HttpStatusCode.OK, queue: "ok");
        await QueueSilentlyAndTriggerAsync(database, tenant, []);
        await database.UntilAsync("SUCCEEDED", 1);
        Assert.DoesNotContain(worker.Lines, l => l.Contains(RabbitBroker.Password, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_exchange_of_another_type_is_a_line_in_the_log_and_jobs_run()
    {
        await broker.StartAsync();
        await using var connection = await broker.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Ct);
        await channel.ExchangeDeclareAsync("theirs", ExchangeType.Topic, durable: true, cancellationToken: Ct);
        await using var database = await postgres.CreateDatabaseAsync();
        await using var worker = Start(database, broker.Url, exchange: "theirs");

        await worker.UntilLineAsync("inequivalent arg 'type' for exchange 'theirs'");

        await database.QueueAsync(await database.CreateTenantAsync(), "PARSE_FACTS");
        await database.UntilAsync("QUEUED", 0);
    }

    [Fact]
    public async Task An_address_that_cannot_be_read_is_a_line_in_the_log_without_its_password()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var worker = Start(database, "amqp://bpc:123/hush@127.0.0.1/bpc"); // 123 is read as the port

        await worker.UntilLineAsync("BPC_QUEUE_URL is not amqp://user:password@host:port/vhost");

        Assert.DoesNotContain(worker.Lines, l => l.Contains("hush", StringComparison.Ordinal));
    }

    private WorkerProcess Start(TestDatabase database, string url, string exchange = "bpc") =>
        WorkerProcess.Start([
            .. database.Variables,
            new("BPC_CLUSTER_ID", database.Settings.Name!),
            new("BPC_JOBS_POLL_INTERVAL_MS", "60000"),
            new("BPC_SILO_HTTP_PORT", $"{_port}"),
            new("BPC_QUEUE_ENABLED", "true"),
            new("BPC_QUEUE_URL", url),
            new("BPC_QUEUE_EXCHANGE", exchange),
            new("BPC_HEALTH_REQUIRE_QUEUE", "true")]);

    /// <summary>One job of which PostgreSQL tells nobody, and at once a message.</summary>
    private async Task QueueSilentlyAndTriggerAsync(TestDatabase database, Guid tenant, byte[] payload)
    {
        await using var connection = await broker.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Ct);
        await database.ExecuteAsync(
            """
            WITH silently AS MATERIALIZED (SELECT set_config('bpc.skip_notify', 'on', true))
            INSERT INTO jobs (tenant_id, type, payload)
            SELECT $1, 'PARSE_FACTS', jsonb_build_object('document_version_id', gen_random_uuid()) FROM silently
            """,
            tenant);
        await channel.BasicPublishAsync("bpc", "jobs.trigger", payload, Ct);
    }

    private async Task UntilReadyAsync(HttpStatusCode status, string queue)
    {
        using var http = new HttpClient();
        await JobRows.UntilAsync(
            async () =>
            {
                try
                {
                    using var answer = await http.GetAsync($"http://127.0.0.1:{_port}/v1/health/ready", Ct);
                    var body = JsonElement.Parse(await answer.Content.ReadAsStringAsync(Ct));
                    return answer.StatusCode == status && body.GetProperty("queue").GetString() == queue;
                }
                catch (HttpRequestException)
                {
                    return false; // it still starts
                }
            },
            $"the worker's readiness is {status}, its queue {queue}");
    }
}
