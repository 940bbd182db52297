using System.Text.Json;
using Bpc.Tests.Rules;

namespace Bpc.Tests.Gateway;

/// <summary>A request that succeeds, and another body for the same route.</summary>
internal sealed record IdempotencyCase(string Path, string? Body, string OtherBody);

/// <summary>For each POST of the API a request that succeeds, on things made for it.</summary>
internal static class IdempotencyCases
{
    public static async Task<IdempotencyCase> MakeAsync(RunningGateway gateway, Tenant tenant, string path)
    {
        if (Creation(path) is { } creation)
        {
            return creation;
        }

        var stored = await StoredPassport.InsertAsync(
            gateway.Database, tenant.Id, path.EndsWith("/activate", StringComparison.Ordinal) ? "SIGNED" : "ACTIVE");
        var on = new Things(gateway, tenant, stored);
        var id = await on.IdAsync(path);
        var body = on.Body(path);
        return new(path.Replace("{id}", $"{id}", StringComparison.Ordinal), body, body is null ? "{}" : $"{body} ");
    }

    private static IdempotencyCase? Creation(string path)
    {
        var body = path switch
        {
            "/v1/documents" => """{"kind": "BOM"}""",
            "/v1/snapshots" => """{"label": "a"}""",
            "/v1/rule-packages" => $$"""{"name": "{{Guid.NewGuid()}}"}""",
            "/v1/battery-products" => $$"""{"sku": "{{Guid.NewGuid()}}", "name": "N", "category": "EV"}""",
            "/v1/jobs" => """{"type": "SWEEP_JOBS", "scheduled_at": "2099-01-01T00:00:00Z"}""",
            "/v1/jobs:retry" => """{"status": "FAILED"}""",
            "/v1/jobs:pause" or "/v1/jobs:resume" => """{"type": "PARSE_FACTS"}""",
            "/v1/jobs:limit" => """{"type": "PARSE_FACTS", "max_running": 4}""",
            "/v1/webhook-endpoints" => """{"url": "https://example.com/"}""",
            "/v1/api-keys" => """{"role": "Auditor"}""",
            "/v1/access-policies" => """{"rules": []}""",
            _ => null,
        };
        return body is null ? null : new(path, body, $"{body} ");
    }

    private sealed record Things(RunningGateway Gateway, Tenant Tenant, StoredPassport Stored)
    {
        public async Task<Guid?> IdAsync(string path) => path switch
        {
            _ when !path.Contains("{id}", StringComparison.Ordinal) => null,
            "/v1/snapshots/{id}/items" => await OpenSnapshotAsync(filled: false),
            "/v1/snapshots/{id}/seal" => await OpenSnapshotAsync(filled: true),
            "/v1/rule-package-versions/{id}:publish" or "/v1/rule-package-versions/{id}/tests:run" =>
                await ValidatedRulesAsync(),
            "/v1/rule-package-versions/{id}/retire" => await DeprecatedRulesAsync(),
            "/v1/jobs/{id}/cancel" or "/v1/jobs/{id}/snooze" => await QueuedJobAsync(),
            "/v1/webhook-endpoints/{id}/rotate-secret" => await CreatedAsync(
                "/v1/webhook-endpoints", """{"url": "https://example.com/"}""", "webhook_endpoint_id"),
            "/v1/api-keys/{id}/revoke" => await CreatedAsync("/v1/api-keys", """{"role": "Auditor"}""", "api_key_id"),
            _ => Stored.IdFor(path),
        };

        public string? Body(string path) => path switch
        {
            "/v1/documents/{id}/versions" => """{"mime_type": "application/json", "content": "e30="}""",
            "/v1/snapshots/{id}/items" => """{"fact_ids": ["FACT"]}""".Replace("FACT", $"{_fact}"),
            "/v1/rule-packages/{id}/versions" =>
                JsonSerializer.Serialize(new { dsl_source = RuleSamples.Battery, tests_source = "" }),
            "/v1/rule-package-versions/{id}/tests:run" => """{"seed": 1}""",
            "/v1/passports" => """{"battery_product_id": "PRODUCT", "serial_number": "SN-2"}"""
                .Replace("PRODUCT", $"{Product()}"),
            "/v1/passports/{id}/compile" => $$"""
                {"snapshot_id": "{{Stored.SnapshotId}}", "rule_package_version_id": "{{Stored.RulePackageVersionId}}"}
                """,
            "/v1/passport-versions/{id}/revoke" or "/v1/rule-package-versions/{id}/deprecate"
                or "/v1/rule-package-versions/{id}/retire" => """{"reason": "recalled"}""",
            "/v1/jobs/{id}/snooze" => """{"seconds": 60}""",
            "/v1/webhook-endpoints/{id}/rotate-secret" => """{"overlap_hours": 1}""",
            "/v1/webhook-subscriptions" => """{"webhook_endpoint_id": "ENDPOINT", "event_type": "*"}"""
                .Replace("ENDPOINT", $"{Stored.WebhookId}"),
            _ => null,
        };

        private Guid _fact = Guid.CreateVersion7();

        private Guid Product() => Gateway.Database.ScalarAsync<Guid>(
            "SELECT battery_product_id FROM passports WHERE passport_id = $1", Stored.PassportId).Result;

        private async Task<Guid> OpenSnapshotAsync(bool filled)
        {
            await Gateway.Database.ExecuteAsync(
                """
                INSERT INTO facts (fact_id, tenant_id, document_version_id, fact_type, fact_key, payload, payload_hash)
                VALUES ($1, $2, $3, 'Battery', $4, '{}', bpc_sha256('{}'))
                """, _fact, Tenant.Id, Stored.DocumentVersionId, $"battery:{_fact}");
            var snapshot = await CreatedAsync("/v1/snapshots", "{}", "snapshot_id");
            if (filled)
            {
                await Tenant.Http.PostAsync($"/v1/snapshots/{snapshot}/items", $$"""{"fact_ids": ["{{_fact}}"]}""");
            }

            return snapshot;
        }

        private async Task<Guid> ValidatedRulesAsync()
        {
            var version = await CreatedAsync(
                $"/v1/rule-packages/{Stored.RulePackageId}/versions",
                JsonSerializer.Serialize(new { dsl_source = RuleSamples.Battery, tests_source = "" }),
                "rule_package_version_id");
            await Gateway.Database.ExecuteAsync(
                "UPDATE rule_package_versions SET status = 'VALIDATED' WHERE rule_package_version_id = $1", version);
            await Gateway.Database.ExecuteAsync(
                """
                INSERT INTO rule_tests_runs (rule_tests_run_id, tenant_id, rule_package_version_id, seed, cases, failed,
                                             report)
                VALUES (bpc_uuid7(), $1, $2, 1, 500, 0, '{}')
                """, Tenant.Id, version);
            return version;
        }

        private async Task<Guid> DeprecatedRulesAsync()
        {
            await Gateway.Database.ExecuteAsync(
                "UPDATE rule_package_versions SET status = 'DEPRECATED' WHERE rule_package_version_id = $1",
                Stored.RulePackageVersionId);
            return Stored.RulePackageVersionId;
        }

        private async Task<Guid> QueuedJobAsync()
        {
            var job = Guid.CreateVersion7();
            await Gateway.Database.ExecuteAsync(
                "INSERT INTO jobs (job_id, tenant_id, type, scheduled_at) VALUES ($1, $2, 'PARSE_FACTS', '2099-01-01')",
                job, Tenant.Id);
            return job;
        }

        private async Task<Guid> CreatedAsync(string path, string body, string member) =>
            Guid.Parse((await Tenant.Http.PostAsync(path, body))[member]!);
    }
}
