using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Bpc.Gateway.Auth;
using Bpc.Gateway.Http;
using Bpc.Gateway.OpenApi;
using Bpc.Gateway.Queries;
using Bpc.GrainInterfaces;
using Bpc.GrainInterfaces.Rules;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Bpc.Gateway.Routes;

/// <summary>Rule packages and their versions, from DRAFT to RETIRED.</summary>
internal static class Rules
{
    private const int MaxSourceBytes = 4 * 1024 * 1024;

    public static void MapRules(this IEndpointRouteBuilder v1)
    {
        var packages = v1.MapGroup("/rule-packages").WithTags("Rules");
        packages.MapPost("/", CreateAsync).RequireAuthorization(Permission.RuleWrite)
            .WithSummary("Create a rule package")
            .Example("""{"name": "eu.battery.ev", "description": "EV batteries under 2023/1542"}""");
        packages.MapGet("/", ListAsync).RequireAuthorization(Permission.RuleRead).WithSummary("List rule packages");
        packages.MapGet("/{id:guid}/versions", VersionsAsync).RequireAuthorization(Permission.RuleRead)
            .WithSummary("List the versions of a rule package, newest first");
        packages.MapPost("/{id:guid}/versions", AddVersionAsync).RequireAuthorization(Permission.RuleWrite)
            .WithSummary("Add a version of a rule package")
            .WithDescription("Every error of the source is named with line and column.")
            .Example("""
                {
                  "dsl_source": "package eu.battery.ev version \"2027.1\" language \"BPC-RULES-1\"; …",
                  "tests_source": "example minimal { … }"
                }
                """);

        v1.MapGet("/rule-package-versions/{id:guid}", VersionAsync).RequireAuthorization(Permission.RuleRead)
            .WithTags("Rules")
            .WithSummary("A rule package version with its sources and last test run");
        v1.MapPost("/rule-package-versions/{id:guid}/tests:run", RunTestsAsync)
            .RequireAuthorization(Permission.RuleWrite).WithTags("Rules")
            .WithSummary("Run the tests of a version")
            .WithDescription("Queues RUN_RULE_TESTS: VALIDATED when at least 500 cases pass.")
            .Example("""{"seed": 42}""");
        v1.MapPost("/rule-package-versions/{id:guid}:publish", PublishAsync).RequireAuthorization(Permission.RuleWrite)
            .WithTags("Rules")
            .WithSummary("Publish a version").WithDescription("RULE_TESTS_FAILED unless its last run passed.");
        v1.MapPost("/rule-package-versions/{id:guid}/deprecate", DeprecateAsync)
            .RequireAuthorization(Permission.RuleWrite).WithTags("Rules")
            .WithSummary("Deprecate a published version")
            .WithDescription("It still compiles; whoever does so gets the reason as a warning.")
            .Example("""{"reason": "superseded by 2027.2"}""");
        v1.MapPost("/rule-package-versions/{id:guid}/retire", RetireAsync)
            .RequireAuthorization(Permission.RuleWrite).WithTags("Rules")
            .WithSummary("Retire a deprecated version")
            .WithDescription("It compiles no more (INVALID_STATE). Passports made under it stay valid and replay.")
            .Example("""{"reason": "Annex XIII as amended applies"}""");
    }

    private static async Task<Created<RulePackageAnswer>> CreateAsync(
        Body<NewRulePackage> body, Caller caller, IGrainFactory grains)
    {
        var created = await grains.GetGrain<IRulePackageGrain>(Guid.CreateVersion7())
            .CreateAsync(caller.Call, body.Value.Name, body.Value.Description);
        return TypedResults.Created(
            (string?)null, new RulePackageAnswer(created.RulePackageId, created.Name, "CREATED"));
    }

    private static Task<Page<RulePackageRow>> ListAsync(
        [AsParameters] PageRequest page, Caller caller, RuleQueries rules, CancellationToken ct) => rules.PackagesAsync(
            caller.TenantId, page, ct);

    private static async Task<Page<RulePackageVersionLine>> VersionsAsync(
        Guid id, [AsParameters] PageRequest page, Caller caller, RuleQueries rules, CancellationToken ct) =>
        (await rules.VersionsAsync(caller.TenantId, id, page, ct)).OrNotFound("rule package", id);

    [RequestBody.Limit(MaxSourceBytes)]
    private static async Task<Created<RulePackageVersionState>> AddVersionAsync(
        Guid id, Body<NewRulePackageVersion> body, Caller caller, IGrainFactory grains)
    {
        var created = await grains.GetGrain<IRulePackageGrain>(id)
            .AddVersionAsync(caller.Call, body.Value.DslSource, body.Value.TestsSource);
        return TypedResults.Created($"/v1/rule-package-versions/{created.RulePackageVersionId}", created);
    }

    private static async Task<RulePackageVersionRow> VersionAsync(
        Guid id, Caller caller, RuleQueries rules, CancellationToken ct) =>
        (await rules.VersionAsync(caller.TenantId, id, ct)).OrNotFound("rule package version", id);

    private static async Task<Accepted<JobQueued>> RunTestsAsync(
        Guid id, Body<TestsRun> body, Caller caller, IGrainFactory grains)
    {
        var job = await grains.GetGrain<IRulePackageVersionGrain>(id).RunTestsAsync(caller.Call, body.Value.Seed);
        return TypedResults.Accepted($"/v1/jobs/{job.JobId}", job);
    }

    private static Task<RulePackageVersionState> PublishAsync(Guid id, Caller caller, IGrainFactory grains) =>
        grains.GetGrain<IRulePackageVersionGrain>(id).PublishAsync(caller.Call);

    private static Task<RulePackageVersionState> DeprecateAsync(
        Guid id, Body<Leaving> body, Caller caller, IGrainFactory grains) =>
        grains.GetGrain<IRulePackageVersionGrain>(id).DeprecateAsync(caller.Call, body.Value.Reason);

    private static Task<RulePackageVersionState> RetireAsync(
        Guid id, Body<Leaving> body, Caller caller, IGrainFactory grains) =>
        grains.GetGrain<IRulePackageVersionGrain>(id).RetireAsync(caller.Call, body.Value.Reason);

    private sealed record NewRulePackage(
        [property: StringLength(200, MinimumLength = 1)] string Name,
        [property: StringLength(2000)] string? Description = null);

    private sealed record NewRulePackageVersion(
        [property: Description("The package, in BPC-RULES-1.")] string DslSource,
        [property: Description("Its examples and properties.")] string TestsSource);

    private sealed record TestsRun(
        [property: Description("Where the generated cases start; the same seed gives the same cases.")] long Seed = 42);

    private sealed record Leaving([property: StringLength(2000, MinimumLength = 1)] string Reason);

    private sealed record RulePackageAnswer(Guid RulePackageId, string Name, string Status);
}
