using Bpc.Core;
using Bpc.GrainInterfaces;
using Bpc.GrainInterfaces.Rules;
using Bpc.Grains.Audit;
using Bpc.Grains.Calls;

namespace Bpc.Grains.Rules;

/// <summary>One rule package and the numbering of its versions.</summary>
internal sealed class RulePackageGrain(Transactions transactions, CpuPool cpu) : Grain, IRulePackageGrain
{
    /// <summary>The longest source, in characters: some thirty times the largest package we know.</summary>
    public const int MaxSourceLength = 2 * 1024 * 1024;

    private Guid Id => this.GetPrimaryKey();

    public Task<RulePackageCreated> CreateAsync(Call call, string name, string? description)
    {
        new InputCheck().Text("/name", name, 200).OptionalText("/description", description, 2000).ThrowIfWrong();
        return transactions.RunAsync(call, async tx =>
        {
            if (await RuleStore.TakeNameAsync(tx, Id, name, description) is { } existing)
            {
                throw new BpcException(BpcError.InvalidState, $"a rule package named '{name}' exists: {existing}");
            }

            await tx.WriteAsync(tx.Event(EventTypes.RulePackageCreated, Id, ("name", name)));
            return new RulePackageCreated(Id, name);
        });
    }

    public async Task<RulePackageVersionState> AddVersionAsync(Call call, string dslSource, string testsSource)
    {
        new InputCheck().Text("/dsl_source", dslSource, MaxSourceLength)
            .OptionalText("/tests_source", testsSource, MaxSourceLength)
            .ThrowIfWrong();
        var draft = await cpu.RunAsync(() => RuleDraft.Check(dslSource, testsSource), CancellationToken.None);
        return await transactions.RunAsync(call, async tx =>
        {
            var number = await RuleStore.NextVersionAsync(tx, Id)
                ?? throw new BpcException(BpcError.NotFound, $"rule package {Id} does not exist");
            var version = new RulePackageVersionState(
                Guid.CreateVersion7(), number, "DRAFT", draft.DslSha256, draft.TestsSha256);
            await tx.WriteAsync(
                RuleStore.InsertVersion(tx.TenantId, Id, version, draft),
                tx.Event(EventTypes.RulePackageVersionDrafted, version.RulePackageVersionId,
                    ("rule_package_id", Id.ToString()), ("version", number),
                    ("dsl_sha256", draft.DslSha256), ("tests_sha256", draft.TestsSha256)));
            return version;
        });
    }
}
