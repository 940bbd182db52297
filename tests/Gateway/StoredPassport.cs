using System.Text;
using Bpc.Core.Passports.Verifying;
using Bpc.Tests.Database;
using Bpc.Tests.Passports;
using Bpc.Tests.Rules;

namespace Bpc.Tests.Gateway;

/// <summary>One passport with everything it stands on, put into the tables as the grains would leave it.</summary>
internal sealed record StoredPassport(
    Guid VersionId, Guid PassportId, Guid SnapshotId, Guid RulePackageId, Guid RulePackageVersionId, Guid DocumentId,
    Guid DocumentVersionId, Guid JobId, Guid WebhookId, SignedPassport Artefacts)
{
    /// <summary>Another key of the tenant, which opens nothing.</summary>
    public Guid ApiKeyId { get; } = Guid.CreateVersion7();

    public Guid BatteryProductId { get; } = Guid.CreateVersion7();

    public Guid FactId { get; } = Guid.CreateVersion7();

    public Guid ExportId { get; } = Guid.CreateVersion7();

    /// <summary>The id a route of this path wants.</summary>
    public Guid IdFor(string path) => path.Split('/')[2] switch
    {
        "documents" => DocumentId,
        "document-versions" => DocumentVersionId,
        "snapshots" => SnapshotId,
        "rule-packages" => RulePackageId,
        "rule-package-versions" => RulePackageVersionId,
        "passports" => PassportId,
        "passport-versions" or "{id}" => VersionId, // a published one is /p/{id}
        "passport-exports" => ExportId,
        "jobs" => JobId,
        "webhook-endpoints" or "webhook-subscriptions" or "webhook-deliveries" => WebhookId,
        "api-keys" => ApiKeyId,
        var other => throw new ArgumentException($"no id is known for /{other}", nameof(path)),
    };

    /// <summary>Whether any of its ids stands in an answer.</summary>
    public bool IsIn(string text) => new[]
    {
        VersionId, PassportId, SnapshotId, RulePackageId, RulePackageVersionId, DocumentId, DocumentVersionId, JobId,
        WebhookId, ApiKeyId, BatteryProductId, FactId, ExportId,
    }.Any(id => text.Contains($"{id}", StringComparison.Ordinal));

    public static async Task<StoredPassport> InsertAsync(
        TestDatabase database, Guid tenant, string status = "ACTIVE", Guid? id = null)
    {
        var signed = Sample.Sign(Sample.Compiled());
        var stored = new StoredPassport(
            id ?? Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(),
            Guid.CreateVersion7(),
            Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(), signed);
        await stored.InsertSourcesAsync(database, tenant);
        await stored.InsertVersionAsync(database, tenant, status);
        await stored.InsertWebhookAsync(database, tenant);
        return stored;
    }

    /// <summary>What a tenant's operators leave behind, each with one of its ids in it.</summary>
    public async Task InsertOperationsAsync(TestDatabase database, Guid tenant)
    {
        string[] statements =
        [
            """
            INSERT INTO access_policies (tenant_id, version, rules, created_by)
            VALUES ($1, 1, jsonb_build_array(jsonb_build_object(
              'priority', 1, 'effect', 'ALLOW', 'permission', 'job:read', 'api_key_id', $2::uuid)), 'test')
            """,
            "INSERT INTO job_pauses (tenant_id, type, reason) VALUES ($1, 'NEVER', $2::text)",
            "INSERT INTO job_limits (tenant_id, type, max_running) VALUES ($1, $2::text, 1)",
            """
            INSERT INTO job_schedules (name, tenant_id, type, cron, last_error)
            VALUES ('yearly', $1, 'NEVER', '0 0 1 1 *', $2::text)
            """,
            "SELECT append_event($1, 'snapshot', $2, 'snapshot.created', 'test', '{}')",
            "SELECT link_events(1000) WHERE $1 <> $2",
        ];
        foreach (var statement in statements)
        {
            await database.ExecuteAsync(statement, tenant, ApiKeyId);
        }
    }

    private async Task InsertSourcesAsync(TestDatabase database, Guid tenant)
    {
        var hash = new string('a', 64);
        await database.ExecuteAsync(
            "INSERT INTO documents (document_id, tenant_id, kind) VALUES ($1, $2, 'OTHER')", DocumentId, tenant);
        await database.ExecuteAsync(
            """
            INSERT INTO document_versions (document_version_id, tenant_id, document_id, version, mime_type, content,
                    sha256)
            VALUES ($1, $2, $3, 1, 'application/json', $4, $5)
            """, DocumentVersionId, tenant, DocumentId, Encoding.UTF8.GetBytes("{ \"facts\": [] }"), hash);
        await database.ExecuteAsync(
            """
            INSERT INTO facts (fact_id, tenant_id, document_version_id, fact_type, fact_key, payload, payload_hash)
            VALUES ($1, $2, $3, 'Battery', $1::text, '{}', bpc_sha256('{}'))
            """, FactId, tenant, DocumentVersionId);
        await database.ExecuteAsync(
            """
            INSERT INTO snapshots (snapshot_id, tenant_id, status, snapshot_bytes, snapshot_hash, secret, sealed_at)
            VALUES ($1, $2, 'SEALED', '{}', $3, $4, now())
            """, SnapshotId, tenant, hash, new byte[32]);
        await database.ExecuteAsync(
            "INSERT INTO rule_packages (rule_package_id, tenant_id, name) VALUES ($1, $2, $3)", RulePackageId, tenant,
            $"{RulePackageId}");
        await database.ExecuteAsync(
            """
            INSERT INTO rule_package_versions (rule_package_version_id, tenant_id, rule_package_id, version, language,
                    dsl_source,
                                               tests_source, dsl_sha256, tests_sha256, status, published_at)
            VALUES ($1, $2, $3, 1, 'BPC-RULES-1', $4, '', $5, $5, 'PUBLISHED', now())
            """, RulePackageVersionId, tenant, RulePackageId, RuleSamples.Battery, hash);
        await database.ExecuteAsync(
            "INSERT INTO jobs (job_id, tenant_id, type, status) VALUES ($1, $2, 'COMPILE_PASSPORT', 'SUCCEEDED')",
            JobId, tenant);
        await database.ExecuteAsync(
            """
            INSERT INTO api_keys (api_key_id, tenant_id, prefix, key_hash, role) VALUES ($1, $2, $3, $4, 'Auditor')
            """, ApiKeyId, tenant, $"{ApiKeyId:n}", new byte[32]);
    }

    private async Task InsertWebhookAsync(TestDatabase database, Guid tenant)
    {
        await database.ExecuteAsync(
            """
            INSERT INTO webhook_endpoints (webhook_endpoint_id, tenant_id, url, secret_encrypted)
            VALUES ($1, $2, 'https://example.com/hook', 'encrypted')
            """, WebhookId, tenant);
        await database.ExecuteAsync(
            """
            INSERT INTO webhook_subscriptions (webhook_subscription_id, tenant_id, webhook_endpoint_id, event_type)
            VALUES ($1, $2, $1, 'passport.created')
            """, WebhookId, tenant);
        await database.ExecuteAsync(
            """
            INSERT INTO webhook_deliveries (webhook_delivery_id, tenant_id, webhook_endpoint_id, event_type, body)
            VALUES ($1, $2, $1, 'passport.created', '{}')
            """, WebhookId, tenant);
    }

    private async Task InsertVersionAsync(TestDatabase database, Guid tenant, string status)
    {
        await database.ExecuteAsync(
            """
            INSERT INTO battery_products (battery_product_id, tenant_id, sku, name, category)
            VALUES ($1, $2, $3, 'Traction battery <75>', 'EV')
            """, BatteryProductId, tenant, $"SKU-{BatteryProductId:n}");
        await database.ExecuteAsync(
            """
            INSERT INTO passports (passport_id, tenant_id, battery_product_id, serial_number)
            VALUES ($1, $2, $3, 'SN-0001')
            """,
            PassportId, tenant, BatteryProductId);
        await database.ExecuteAsync(
            "INSERT INTO signing_keys (signing_key_id, public_key) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            Artefacts.Signature.KeyId, Artefacts.Signature.PublicKey);
        var compiled = Sample.Compiled();
        await database.ExecuteAsync(
            """
            INSERT INTO passport_versions (
              passport_version_id, tenant_id, passport_id, snapshot_id, rule_package_version_id, compile_job_id,
              status, issued_at,
              compiler_build_id, payload, payload_hash, proof, proof_root_hash, receipt, receipt_hash, signature,
              signing_key_id,
              signing_public_key, qr_payload, qr_png, signed_at, activated_at, superseded_at, revoked_at, revoke_reason)
            VALUES ($1, $2, $3, $4, $5, $6, $7, now(), 'build-1', $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
                    now(),
                    CASE WHEN $7 <> 'SIGNED' THEN now() END, CASE WHEN $7 = 'SUPERSEDED' THEN now() END,
                    CASE WHEN $7 = 'REVOKED' THEN now() END, CASE WHEN $7 = 'REVOKED' THEN 'a secret reason' END)
            """,
            VersionId, tenant, PassportId, SnapshotId, RulePackageVersionId, JobId, status, compiled.Payload,
            compiled.PayloadHash,
            compiled.Proof, compiled.ProofRootHash, compiled.Receipt, compiled.ReceiptHash,
            Artefacts.Signature.Signature,
            Artefacts.Signature.KeyId, Artefacts.Signature.PublicKey, Artefacts.QrPayload, Artefacts.QrPng);
        foreach (var (name, content) in compiled.Sections)
        {
            await database.ExecuteAsync(
                """
                INSERT INTO passport_sections (passport_version_id, section, tenant_id, content) VALUES ($1, $2, $3, $4)
                """,
                VersionId, name, tenant, content);
        }

        await database.ExecuteAsync(
            """
            INSERT INTO passport_exports (export_id, tenant_id, passport_version_id, format, content, sha256)
            VALUES ($1, $2, $3, 'bundle', $4, encode(sha256($4), 'hex'))
            """, ExportId, tenant, VersionId, "{\"bundle\":1}"u8.ToArray());
    }
}
