using System.Text.Json;
using Bpc.GrainInterfaces;
using Bpc.GrainInterfaces.Tenants;
using Bpc.Grains.Audit;
using Bpc.Grains.Calls;

namespace Bpc.Grains.Tenants;

/// <summary>A tenant's policy: each change is a version of its own.</summary>
internal sealed class AccessPolicyGrain(Transactions transactions) : Grain, IAccessPolicyGrain
{
    private const int MaxRules = 100;

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    public Task<AccessPolicyCreated> ReplaceAsync(Call call, AccessRule[] rules)
    {
        Check(rules);
        return transactions.RunAsync(call, async tx =>
        {
            const string next = """
                INSERT INTO access_policies (tenant_id, version, rules, created_by)
                SELECT @TenantId, coalesce(max(version), 0) + 1, @rules::jsonb, @ActorId
                  FROM access_policies WHERE tenant_id = @TenantId RETURNING version
                """;
            var json = JsonSerializer.Serialize(rules, s_json);
            var version = await tx.FirstAsync<int>(next, new { tx.TenantId, rules = json, call.ActorId });
            await tx.WriteAsync(tx.Event(
                EventTypes.AccessPolicyReplaced, tx.TenantId, ("version", version), ("rules", rules.Length)));
            return new AccessPolicyCreated(version, "CREATED");
        });
    }

    private static void Check(AccessRule[] rules)
    {
        var check = new InputCheck().Require(
            rules.Length <= MaxRules, "/rules", $"has {rules.Length} rules; at most {MaxRules} are allowed");
        for (var i = 0; i < rules.Length; i++)
        {
            var priority = rules[i].Priority;
            check.OneOf($"/rules/{i}/effect", rules[i].Effect, "ALLOW", "DENY")
                .Require(
                    rules.Take(i).All(r => r.Priority != priority), $"/rules/{i}/priority",
                    $"{priority} is taken by a rule before: which one decides would be chance")
                .Require(
                    rules[i].Role is null || ApiKeyStore.Roles.Contains(rules[i].Role), $"/rules/{i}/role",
                    $"is '{rules[i].Role}'; one of {string.Join(", ", ApiKeyStore.Roles)} is wanted");
        }

        check.ThrowIfWrong();
    }
}
