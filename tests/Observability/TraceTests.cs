using System.Collections.Concurrent;
using System.Diagnostics;
using Bpc.GrainInterfaces.Documents;
using Bpc.GrainInterfaces.Passports;
using Bpc.GrainInterfaces.Webhooks;
using Bpc.Grains.Jobs;
using Bpc.Tests.Database;
using Bpc.Tests.Jobs;
using Bpc.Tests.Slices;
using Bpc.Tests.Slices.Webhooks;

namespace Bpc.Tests.Observability;

[Trait("Category", "Integration")]
public sealed class TraceTests(PostgresServer postgres)
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string Client = "00f067aa0ba902b7";

    [Fact]
    public async Task One_trace_runs_from_the_calls_through_the_document_and_the_passport_out_with_the_webhook()
    {
        using var spans = new Spans();
        await using var silo = await TestSilo.StartAsync(postgres);
        await using var receiver = await Receiver.StartAsync(_ => 204);
        var (passport, rules) = (await silo.PassportAsync(), await silo.RulesAsync());
        var endpoint = silo.Grains.GetGrain<IWebhookEndpointGrain>(Guid.CreateVersion7());
        await endpoint.CreateAsync(silo.Call(), receiver.Url, null);
        await endpoint.SubscribeAsync(silo.Call(), "passport_version.signed");
        var call = silo.Call() with { TraceParent = $"00-{Trace}-{Client}-01", CorrelationId = "order-66" };

        var document = silo.Grains.GetGrain<IDocumentGrain>(Guid.CreateVersion7());
        await document.CreateAsync(call, "OTHER", null);
        await document.AddVersionAsync(call, "application/json", Samples.Facts());
        var snapshot = await silo.SnapshotAsync();
        await silo.Grains.GetGrain<IPassportGrain>(passport).CompileAsync(call, snapshot, rules);
        var delivered = await receiver.NextAsync();
        await silo.IdleAsync();

        var chain = await spans.OfAsync(Trace, count: 5);
        Assert.Equal(Client, chain["PARSE_FACTS"].ParentSpanId.ToHexString());
        Assert.Equal(Client, chain["COMPILE_PASSPORT"].ParentSpanId.ToHexString());
        Assert.Equal(chain["COMPILE_PASSPORT"].SpanId, chain["SIGN_PASSPORT"].ParentSpanId);
        Assert.Equal(chain["SIGN_PASSPORT"].SpanId, chain["GENERATE_QR"].ParentSpanId);
        Assert.Equal(chain["SIGN_PASSPORT"].SpanId, chain["DELIVER_WEBHOOK"].ParentSpanId);
        Assert.Equal(chain["DELIVER_WEBHOOK"].Id, delivered.Headers.TraceParent);
        Assert.All(chain.Values, span => Assert.Equal("SUCCEEDED", span.GetTagItem("bpc.job.status")));
        Assert.Equal(5, await silo.CountAsync("jobs WHERE correlation_id = 'order-66'"));
    }

    [Fact]
    public async Task A_job_of_plain_SQL_begins_a_trace_of_its_own_and_a_failed_one_names_its_error()
    {
        using var spans = new Spans();
        await using var silo = await TestSilo.StartAsync(postgres);

        var failed = await silo.RunAsync("COMPILE_PASSPORT", new { });

        var span = await spans.JobAsync(failed.JobId);
        Assert.Equal(default, span.ParentSpanId);
        Assert.Equal("FAILED", span.GetTagItem("bpc.job.status"));
        Assert.Equal("JOB_PAYLOAD_INVALID", span.GetTagItem("error.type"));
        Assert.Equal(ActivityStatusCode.Error, span.Status);
    }

    [Fact]
    public async Task Where_nobody_traces_the_row_still_carries_the_clients_trace_and_a_span_costs_nothing()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var job = new ClaimedJob(
            Guid.NewGuid(), silo.Tenant, "SIGN_PASSPORT", 1, 5, 1, "{}", $"00-{Trace}-{Client}-01", 0, "order-66");
        Assert.Null(JobTrace.Start(job));

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            JobTrace.Start(job)?.Dispose();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(new Cause(job.TraceParent, "order-66"), Cause.Of(job));
        Assert.Equal(Trace, JobTrace.IdOf(job));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a trace")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\nX-Evil: 1")]
    public void What_an_operator_wrote_into_a_row_goes_out_only_where_it_is_a_trace(string traceParent) =>
        Assert.Null(JobTrace.ParentFor(new(
            Guid.NewGuid(), Guid.NewGuid(), "DELIVER_WEBHOOK", 1, 5, 1, "{}", traceParent, 0)));

    /// <summary>Every job's span that ends while it lives.</summary>
    private sealed class Spans : IDisposable
    {
        private readonly ConcurrentQueue<Activity> _ended = new();
        private readonly ActivityListener _listener;

        public Spans()
        {
            _listener = new()
            {
                ShouldListenTo = source => source.Name == JobTrace.Name,
                Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = _ended.Enqueue,
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public async Task<Dictionary<string, Activity>> OfAsync(string trace, int count) =>
            (await WhereAsync(span => span.TraceId.ToHexString() == trace, count))
                .ToDictionary(span => (string)span.GetTagItem("bpc.job.type")!);

        public async Task<Activity> JobAsync(Guid id) =>
            (await WhereAsync(span => id.Equals(span.GetTagItem("bpc.job.id")), count: 1)).Single();

        // A span ends a moment after its row.
        private async Task<List<Activity>> WhereAsync(Func<Activity, bool> wanted, int count)
        {
            await JobRows.UntilAsync(
                () => Task.FromResult(_ended.Count(wanted) == count), $"{count} spans have ended");
            return [.. _ended.Where(wanted)];
        }

        public void Dispose() => _listener.Dispose();
    }
}
