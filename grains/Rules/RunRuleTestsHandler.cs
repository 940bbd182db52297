using Bpc.Core;
using Bpc.Core.Canonical;
using Bpc.Core.Rules;
using Bpc.Grains.Jobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bpc.Grains.Rules;

/// <summary>
/// RUN_RULE_TESTS: runs a version's own tests. A DRAFT whose cases all pass, 500 of them at least, becomes VALIDATED.
/// </summary>
internal sealed partial class RunRuleTestsHandler(
    RuleStore rules, RuleTestsTurn turn, [FromKeyedServices(CpuPool.RuleTests)] CpuPool cpu,
    ILogger<RunRuleTestsHandler> log) : IJobHandler
{
    public string Type => JobTypes.RunRuleTests;

    public TimeSpan MaxRun => TimeSpan.FromMinutes(10);

    public async Task<JobOutcome> RunAsync(ClaimedJob job, CancellationToken ct)
    {
        var wait = turn.Take(Random.Shared.NextDouble());
        if (wait > TimeSpan.Zero)
        {
            return new JobOutcome.Snooze(wait);
        }

        try
        {
            return await TestAsync(job, ct);
        }
        finally
        {
            turn.End(); // not before the thread is done, though the job's time may be over by then
        }
    }

    private async Task<JobOutcome> TestAsync(ClaimedJob job, CancellationToken ct)
    {
        var payload = JobPayload.Of(job);
        var (id, seed) = (payload.Id("rule_package_version_id"), payload.Integer("seed"));
        if (await rules.FindRunAsync(job.TenantId, job.JobId, ct) is { } earlier)
        {
            return new JobOutcome.Succeed(Result(earlier.Cases, earlier.Failed));
        }

        var stored = await rules.FindAsync(job.TenantId, id, ct)
            ?? throw new BpcException(BpcError.NotFound, $"rule package version {id} does not exist");
        var report = await cpu.RunAsync(
            () => RuleTests.Run(RulePackage.Compile(stored.DslSource), stored.TestsSource, seed, ct), ct);
        TestsRan(id, report.Cases, report.Failed, seed);

        var result = Result(report.Cases, report.Failed);
        var run = RuleStore.InsertRun(job.TenantId, id, job.JobId, report, RuleTestsReport.Json(report));
        return report is { Failed: 0, Cases: >= RuleTests.MinimumCases }
            ? new JobOutcome.Succeed(
                result, run, RuleStore.MarkValidated(job.TenantId, id, job.Actor(), result, Cause.Of(job)))
            : new JobOutcome.Succeed(result, run);
    }

    private static JsonValue.Record Result(int cases, int failed) =>
        JsonValue.Object(("cases", cases), ("failed", failed));

    [LoggerMessage(
        LogLevel.Information,
        "Rule tests ran: rpv_id={RulePackageVersionId}, cases={Cases}, failed={Failed}, seed={Seed}")]
    private partial void TestsRan(Guid rulePackageVersionId, int cases, int failed, long seed);
}
