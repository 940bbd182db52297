using Bpc.Core;
using Bpc.Core.Canonical;
using Bpc.Core.Rules;
using Bpc.GrainInterfaces;
using Bpc.GrainInterfaces.Rules;
using Bpc.Grains.Audit;
using Bpc.Grains.Calls;
using Bpc.Grains.Jobs;

namespace Bpc.Grains.Rules;

/// <summary>One version of a rule package: tested by a job, published, and one day left behind.</summary>
internal sealed class RulePackageVersionGrain(Transactions transactions) : Grain, IRulePackageVersionGrain
{
    private Guid Id => this.GetPrimaryKey();

    public Task<JobQueued> RunTestsAsync(Call call, long seed)
    {
        new InputCheck().Require(
            seed is <= CanonicalJson.MaxInteger and >= -CanonicalJson.MaxInteger, "/seed", "is outside ±(2^53 − 1)")
                .ThrowIfWrong();
        return transactions.RunAsync(call, async tx =>
        {
            await LockAsync(tx);
            var job = Guid.CreateVersion7();
            await tx.WriteAsync(
                tx.Job(job, JobTypes.RunRuleTests, null, ("rule_package_version_id", Id.ToString()), ("seed", seed)),
                tx.Event(EventTypes.RulePackageVersionTestsRequested, Id,
                    ("job_id", job.ToString()), ("seed", seed)));
            return new JobQueued(job, "QUEUED");
        });
    }

    public Task<RulePackageVersionState> PublishAsync(Call call) => transactions.RunAsync(call, async tx =>
    {
        var version = await LockAsync(tx);
        switch (version.Status)
        {
            case "PUBLISHED": return version;
            case "DEPRECATED" or "RETIRED":
                throw new BpcException(
                    BpcError.InvalidState, $"rule package version {Id} is {version.Status} and is not published again");
        }

        RequirePassed(await RuleStore.LastRunAsync(tx, Id));
        await tx.WriteAsync(
            RuleStore.MarkPublished(tx.TenantId, Id),
            tx.Event(EventTypes.RulePackageVersionPublished, Id,
                ("dsl_sha256", version.DslSha256), ("tests_sha256", version.TestsSha256)));
        return version with { Status = "PUBLISHED" };
    });

    public Task<RulePackageVersionState> DeprecateAsync(Call call, string reason) =>
        StepAsync(call, "PUBLISHED", "DEPRECATED", reason, EventTypes.RulePackageVersionDeprecated);

    public Task<RulePackageVersionState> RetireAsync(Call call, string reason) =>
        StepAsync(call, "DEPRECATED", "RETIRED", reason, EventTypes.RulePackageVersionRetired);

    private Task<RulePackageVersionState> StepAsync(Call call, string from, string to, string reason, string eventType)
    {
        new InputCheck().Text("/reason", reason, 2000).ThrowIfWrong();
        return transactions.RunAsync(call, async tx =>
        {
            var version = await LockAsync(tx);
            if (version.Status == to)
            {
                return version;
            }

            if (version.Status != from)
            {
                throw new BpcException(
                    BpcError.InvalidState,
                    $"rule package version {Id} is {version.Status}; only a {from} one becomes {to}");
            }

            await tx.WriteAsync(
                RuleStore.MarkLeft(tx.TenantId, Id, from, to, reason), tx.Event(eventType, Id, ("reason", reason)));
            return version with { Status = to };
        });
    }

    private async Task<RulePackageVersionState> LockAsync(CallTransaction tx) =>
        await RuleStore.LockVersionAsync(tx, Id)
            ?? throw new BpcException(BpcError.NotFound, $"rule package version {Id} does not exist");

    private void RequirePassed(TestsRun? run)
    {
        var reason = run switch
        {
            null => $"the tests of rule package version {Id} have not been run",
            { Failed: > 0 } =>
                $"{run.Failed} of {run.Cases} cases failed; the first: {RuleTestsReport.FirstFailure(run.Report)}",
            { Cases: < RuleTests.MinimumCases } =>
                $"only {run.Cases} distinct cases ran; {RuleTests.MinimumCases} are wanted",
            _ => null,
        };
        if (reason is not null)
        {
            throw new BpcException(BpcError.RuleTestsFailed, reason);
        }
    }
}
