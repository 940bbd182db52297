using System.Text.Json;
using Bpc.Tests.Database;
using Bpc.Tests.Jobs;
using Bpc.Tests.Passports;

namespace Bpc.Tests.Observability;

/// <summary>What a real worker writes, and what the quickstart's commands make of it.</summary>
[Trait("Category", "Integration")]
public sealed class WorkerLogTests(PostgresServer postgres) : IDisposable
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";

    private readonly string _log = Path.GetTempFileName();

    public void Dispose() => File.Delete(_log);

    [Fact]
    public async Task The_quickstarts_jq_filters_find_jobs_by_type_and_status_with_their_trace_and_correlation_id()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await using var worker = WorkerProcess.Start([
            .. Variables(database), new("BPC_LOG_JSON", "true"), new("BPC_LOG_FILE", _log)]);
        await worker.UntilLineAsync("Polling for jobs...");
        await database.ExecuteAsync(
            """
            INSERT INTO jobs (tenant_id, type, traceparent, correlation_id) VALUES ($1, 'COMPILE_PASSPORT', $2, 'order-66')
            """,
            tenant, $"00-{Trace}-b7ad6b7169203331-01");
        await worker.UntilLineAsync("Job attempt failed");
        await worker.SignalAsync("TERM");
        await worker.ExitAsync();

        Assert.NotEmpty(await FilterAsync(worker, "."));
        Assert.Contains(
            await FilterAsync(worker, "'select(.job_type == \"COMPILE_PASSPORT\")'"),
            line => Text(line, "message").StartsWith("Acquired job: ", StringComparison.Ordinal));
        var failed = Assert.Single(await FilterAsync(worker, "'select(.status == \"FAILED\")'"));
        Assert.Equal(("COMPILE_PASSPORT", Trace, "order-66"),
            (Text(failed, "job_type"), Text(failed, "trace_id"), Text(failed, "correlation_id")));
        var why = Assert.Single(await FilterAsync(worker, "'select(.error_code)'"));
        Assert.Equal(("WARN", "JOB_PAYLOAD_INVALID"), (Text(why, "level"), Text(why, "error_code")));
    }

    [Fact]
    public async Task As_text_it_is_the_quickstarts_a_mistyped_setting_is_named_and_no_secret_is_written()
    {
        var canary = Convert.ToBase64String("a canary of thirty-two bytes ...."u8.ToArray()[..32]);
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await using var worker = WorkerProcess.Start([
            .. Variables(database), new("BPC_LOG_FILE", _log), new("BPC_LOG_LEVEL", "info"),
            new("BPC_API_KEY_PEPPER_BASE64", canary), new("BPC_SIGNING_ED25519_PRIVATE_KEY_BASE64", canary),
            new("BPC_METRICS_TOKEN", "canary-of-metrics"), new("BPC_JOBS_LEASE_SECOND", "canary-of-a-typo"),
            new("BPC_QUEUE_ENABLED", "true"), new("BPC_QUEUE_URL", "amqp://canary:canary-of-amqp@127.0.0.1:1/")]);
        await worker.UntilLineAsync("No jobs in queue");
        await worker.UntilLineAsync("No triggers from RabbitMQ");
        await database.ExecuteAsync(
            """
            INSERT INTO jobs (tenant_id, type, payload)
            VALUES ($1, 'PARSE_FACTS', jsonb_build_object('document_version_id', gen_random_uuid()))
            """,
            tenant);
        await worker.UntilLineAsync("Job completed");
        await worker.SignalAsync("TERM");
        await worker.ExitAsync();

        var log = await File.ReadAllTextAsync(_log, TestContext.Current.CancellationToken);
        QuickstartLog.AssertHas(log, QuickstartLog.OfAWorker);
        Assert.Contains(
            "BPC_JOBS_LEASE_SECOND is no setting and is ignored; did you mean BPC_JOBS_LEASE_SECONDS?", log,
            StringComparison.Ordinal);
        foreach (var text in new[] { log, string.Join('\n', worker.Lines) })
        {
            Assert.DoesNotContain("canary", text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(canary, text, StringComparison.Ordinal);
        }
    }

    /// <summary>tail -f FILE | jq FILTER, as the quickstart has it, for a worker that has ended.</summary>
    private async Task<JsonElement[]> FilterAsync(WorkerProcess worker, string filter)
    {
        var found = await Tool.RunAsync(
            "sh", "-c", $"tail -n 1000 -f --pid={worker.Id} {_log} | jq -c {filter}");
        Assert.SkipWhen(found.Errors.Contains("not found", StringComparison.Ordinal), "jq is not installed");
        Assert.Equal("", found.Errors);
        return [.. found.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonElement.Parse(l))];
    }

    private static string Text(JsonElement line, string member) =>
        line.TryGetProperty(member, out var value) ? value.GetString()! : "";

    private static Dictionary<string, string> Variables(TestDatabase database) => new(database.Variables)
    {
        ["BPC_WORKER_ID"] = "worker-1",
        ["BPC_CLUSTER_ID"] = database.Settings.Name,
        ["BPC_SILO_HTTP_PORT"] = $"{TestPort.Next()}",
    };
}
