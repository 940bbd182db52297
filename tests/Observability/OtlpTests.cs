using Bpc.Tests.Database;
using Bpc.Tests.Jobs;

namespace Bpc.Tests.Observability;

/// <summary>A real worker process that exports to a real listener, as an operator sets it up.</summary>
[Trait("Category", "Integration")]
public sealed class OtlpTests(PostgresServer postgres)
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";

    [Fact]
    public async Task A_worker_with_an_OTLP_endpoint_exports_the_spans_of_its_jobs_and_their_statements()
    {
        await using var collector = await OtlpCollector.StartAsync();
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await using var worker = WorkerProcess.Start(new Dictionary<string, string>(database.Variables)
        {
            ["BPC_WORKER_ID"] = "worker-1",
            ["BPC_CLUSTER_ID"] = database.Settings.Name,
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Url,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
        });
        await worker.UntilLineAsync("Polling for jobs...");

        await database.ExecuteAsync(
            """
            INSERT INTO jobs (tenant_id, type, payload, traceparent)
            VALUES ($1, 'PARSE_FACTS', jsonb_build_object('document_version_id', gen_random_uuid()), $2)
            """,
            tenant, $"00-{Trace}-b7ad6b7169203331-01");

        await JobRows.UntilAsync(
            () => Task.FromResult(collector.Spans.Any(s => s.Name == "job PARSE_FACTS")), "the job's span arrives");
        var job = Assert.Single(collector.Spans, s => s.Name == "job PARSE_FACTS");
        Assert.Equal((Trace, "b7ad6b7169203331"), (job.TraceId, job.ParentSpanId));

        // Nothing but the job and its own statements: a poll is nobody's trace.
        Assert.Contains(collector.Spans, s => s.ParentSpanId == job.SpanId);
        Assert.All(collector.Spans, s => Assert.Equal(Trace, s.TraceId));
    }
}
