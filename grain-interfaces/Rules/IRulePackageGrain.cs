namespace Bpc.GrainInterfaces.Rules;

/// <summary>One rule package (key: rule_package_id) and the numbering of its versions.</summary>
[Alias("bpc.IRulePackageGrain")]
public interface IRulePackageGrain : IGrainWithGuidKey
{
    [Alias("Create")]
    Task<RulePackageCreated> CreateAsync(Call call, string name, string? description);

    /// <summary>Parses and checks both sources, then stores a DRAFT. The rules' errors carry line and column.</summary>
    [Alias("AddVersion")]
    Task<RulePackageVersionState> AddVersionAsync(Call call, string dslSource, string testsSource);
}

/// <summary>
/// One version of a rule package (key: rule_package_version_id): DRAFT → VALIDATED → PUBLISHED → DEPRECATED → RETIRED.
/// </summary>
[Alias("bpc.IRulePackageVersionGrain")]
public interface IRulePackageVersionGrain : IGrainWithGuidKey
{
    /// <summary>Enqueues RUN_RULE_TESTS.</summary>
    [Alias("RunTests")]
    Task<JobQueued> RunTestsAsync(Call call, long seed);

    /// <summary>
    /// Publishes a VALIDATED version. RULE_TESTS_FAILED while its last run failed or had fewer than 500 cases.
    /// </summary>
    [Alias("Publish")]
    Task<RulePackageVersionState> PublishAsync(Call call);

    /// <summary>A PUBLISHED version becomes DEPRECATED: it still compiles, with the reason as a warning.</summary>
    [Alias("Deprecate")]
    Task<RulePackageVersionState> DeprecateAsync(Call call, string reason);

    /// <summary>A DEPRECATED version becomes RETIRED: it compiles no more. What it made still replays.</summary>
    [Alias("Retire")]
    Task<RulePackageVersionState> RetireAsync(Call call, string reason);
}

[GenerateSerializer, Immutable, Alias("bpc.RulePackageCreated")]
public sealed record RulePackageCreated([property: Id(0)] Guid RulePackageId, [property: Id(1)] string Name);

[GenerateSerializer, Immutable, Alias("bpc.RulePackageVersionState")]
public sealed record RulePackageVersionState(
    [property: Id(0)] Guid RulePackageVersionId, [property: Id(1)] int Version, [property: Id(2)] string Status,
    [property: Id(3)] string DslSha256, [property: Id(4)] string TestsSha256);
