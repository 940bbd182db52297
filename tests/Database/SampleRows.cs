namespace Bpc.Tests.Database;

/// <summary>One row of every kind on the way to a passport, put into the tables by plain SQL.</summary>
internal static class SampleRows
{
    /// <summary>
    /// A tenant with a VALIDATED document, two facts, a SEALED snapshot, PUBLISHED rules and a SIGNED version with
    /// its QR code.
    /// </summary>
    public static async Task<Guid> CreateSampleAsync(this TestDatabase database)
    {
        var tenant = await database.CreateTenantAsync();
        foreach (var statement in s_statements)
        {
            await database.ExecuteAsync(statement, tenant);
        }

        return tenant;
    }

    private static readonly string[] s_statements =
    [
        "INSERT INTO documents (document_id, tenant_id, kind) VALUES (bpc_uuid7(), $1, 'OTHER')",
        """
        INSERT INTO document_versions (document_version_id, tenant_id, document_id, version, mime_type, content, sha256)
        SELECT bpc_uuid7(), $1, document_id, 1, 'application/json', '{}', bpc_sha256('{}')
          FROM documents WHERE tenant_id = $1
        """,
        """
        INSERT INTO facts (fact_id, tenant_id, document_version_id, fact_type, fact_key, payload, payload_hash)
        SELECT bpc_uuid7(), $1, document_version_id, 'Battery', key, '{}', bpc_sha256('{}')
          FROM document_versions, unnest(ARRAY['a', 'b']) AS key WHERE tenant_id = $1
        """,
        "UPDATE document_versions SET status = 'VALIDATED' WHERE tenant_id = $1",
        "INSERT INTO snapshots (snapshot_id, tenant_id) VALUES (bpc_uuid7(), $1)",
        """
        INSERT INTO snapshot_items (snapshot_id, fact_id, tenant_id)
        SELECT snapshot_id, fact_id, $1 FROM snapshots JOIN facts USING (tenant_id)
         WHERE tenant_id = $1 AND fact_key = 'a'
        """,
        """
        UPDATE snapshots SET status = 'SEALED', snapshot_bytes = '{"facts":[{}]}',
               snapshot_hash = bpc_sha256('{"facts":[{}]}'), secret = sha256('secret'), sealed_at = now()
         WHERE tenant_id = $1
        """,
        "INSERT INTO rule_packages (rule_package_id, tenant_id, name) VALUES (bpc_uuid7(), $1, 'rules')",
        """
        INSERT INTO rule_package_versions (rule_package_version_id, tenant_id, rule_package_id, version, language,
                                           dsl_source, tests_source, dsl_sha256, tests_sha256, status, published_at)
        SELECT bpc_uuid7(), $1, rule_package_id, 1, 'BPC-RULES-1',
               '', '', bpc_sha256(''), bpc_sha256(''), 'PUBLISHED', now()
          FROM rule_packages WHERE tenant_id = $1
        """,
        """
        INSERT INTO rule_tests_runs (rule_tests_run_id, tenant_id, rule_package_version_id, seed, cases, failed, report)
        SELECT bpc_uuid7(), $1, rule_package_version_id, 1, 500, 0, '{}' FROM rule_package_versions WHERE tenant_id = $1
        """,
        """
        INSERT INTO battery_products (battery_product_id, tenant_id, sku, name, category)
        VALUES (bpc_uuid7(), $1, 'S', 'S', 'EV')
        """,
        """
        INSERT INTO passports (passport_id, tenant_id, battery_product_id, serial_number)
        SELECT bpc_uuid7(), $1, battery_product_id, '1' FROM battery_products WHERE tenant_id = $1
        """,
        "INSERT INTO signing_keys (signing_key_id, public_key) VALUES ('key', sha256('key')) ON CONFLICT DO NOTHING",
        CompileStatement,
        """
        INSERT INTO passport_sections (passport_version_id, section, tenant_id, content)
        SELECT passport_version_id, 'public', $1, '{}' FROM passport_versions WHERE tenant_id = $1
        """,
        """
        INSERT INTO passport_exports (export_id, tenant_id, passport_version_id, format, content, sha256)
        SELECT bpc_uuid7(), $1, passport_version_id, 'bundle', '{}', bpc_sha256('{}')
          FROM passport_versions WHERE tenant_id = $1
        """,
        """
        UPDATE passport_versions SET status = 'SIGNED', signature = sha512('s'), signing_key_id = 'key',
               signing_public_key = sha256('key'), signed_at = now() WHERE tenant_id = $1
        """,
        "UPDATE passport_versions SET qr_payload = 'BPC1', qr_png = 'png' WHERE tenant_id = $1",
        """
        SELECT append_event($1, 'passport_version', passport_version_id, 'passport_version.signed', 'test', '{}')
          FROM passport_versions
        """,
        "SELECT link_events(1) WHERE $1::uuid IS NOT NULL",
    ];

    /// <summary>Another version of the tenant's passport, COMPILING.</summary>
    public const string CompileStatement = """
        INSERT INTO passport_versions (passport_version_id, tenant_id, passport_id, snapshot_id,
            rule_package_version_id, compile_job_id, issued_at, compiler_build_id, payload, payload_hash,
            proof, proof_root_hash, receipt, receipt_hash)
        SELECT bpc_uuid7(), $1, passport_id, snapshot_id, rule_package_version_id, bpc_uuid7(), now(), 'dev',
               '{}', bpc_sha256('{}'), '{}', bpc_sha256('root'), '{}', bpc_sha256('{}')
          FROM passports JOIN snapshots USING (tenant_id) JOIN rule_package_versions USING (tenant_id)
         WHERE tenant_id = $1
        """;
}
