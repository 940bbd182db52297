using Bpc.Tests.Database;
using Bpc.Tests.Jobs;

namespace Bpc.Tests.Gateway;

[Trait("Category", "Integration")]
public sealed class OperationsTests(PostgresServer postgres)
{
    [Fact]
    public async Task A_gateway_is_ready_when_database_and_cluster_answer()
    {
        await using var gateway = await RunningGateway.StartAsync(postgres);
        Answer answer = null!;
        await JobRows.UntilAsync( // its probes wait for two seconds, which a busy machine may need for anything
            async () => (answer = await gateway.Anonymous.GetAnswerAsync("/v1/health/ready")).Status == 200,
            "it is ready");
        Assert.Equal("""{"status":"ready","database":"ok","cluster":"ok"}""", answer.Text);
        Assert.Equal("live", (await gateway.Anonymous.GetAnswerAsync("/v1/health/live"))["status"]);
    }

    [Fact]
    public async Task Metrics_count_the_jobs_of_the_table_with_the_quickstart_s_names()
    {
        await using var gateway = await RunningGateway.StartAsync(postgres);
        var tenant = await gateway.Database.CreateTenantAsync();
        await gateway.Database.ExecuteAsync("INSERT INTO job_pauses (type) VALUES ('PARSE_FACTS')"); // it stays QUEUED
        await gateway.Database.ExecuteAsync( // without a lease the RUNNING one would be rescued
            """
            INSERT INTO jobs (tenant_id, type, status, lease_owner, lease_expires_at)
            SELECT $1, 'PARSE_FACTS', s, CASE s WHEN 'RUNNING' THEN 'nobody' END,
                   CASE s WHEN 'RUNNING' THEN now() + interval '1 hour' END
              FROM unnest(ARRAY['QUEUED', 'RUNNING', 'SUCCEEDED', 'SUCCEEDED', 'DEAD_LETTER']) s
            """, tenant);
        var text = "";
        await JobRows.UntilAsync( // counting that takes too long is left out of an answer
            async () => (text = (await gateway.Anonymous.GetAnswerAsync("/v1/metrics")).Text)
                .Contains("bpc_jobs_dead_letter{", StringComparison.Ordinal)
                && text.Contains("bpc_jobs_enqueued_total{", StringComparison.Ordinal),
            "the jobs are counted");
        Assert.Contains($$"""bpc_jobs_enqueued_total{job_type="PARSE_FACTS",tenant_id="{{tenant}}"} 5""", text);
        Assert.Contains($$"""bpc_jobs_running{job_type="PARSE_FACTS",tenant_id="{{tenant}}"} 1""", text);
        Assert.Contains($$"""bpc_jobs_dead_letter{tenant_id="{{tenant}}"} 1""", text);
    }

    [Fact]
    public async Task A_token_closes_the_metrics()
    {
        await using var gateway = await RunningGateway.StartAsync(
            postgres, s => s with { Metrics = new(Token: "secret") });
        Assert.Equal(401, (await gateway.Anonymous.GetAnswerAsync("/v1/metrics")).Status);
        Assert.Equal(
            401, (await gateway.Anonymous.GetAnswerAsync("/v1/metrics", ("Authorization", "Bearer wrong"))).Status);
        Assert.Equal(
            200, (await gateway.Anonymous.GetAnswerAsync("/v1/metrics", ("Authorization", "Bearer secret"))).Status);
    }
}
