using Bpc.Tests.Jobs;
using Npgsql;

namespace Bpc.Tests.Database;

/// <summary>What the database refuses whoever asks, each by the plain SQL that tries it.</summary>
[Trait("Category", "Integration")]
public sealed class InvariantsTests(PostgresServer postgres)
{
    private const string Refused = PostgresErrorCodes.RestrictViolation;

    private const string OpenSnapshot = "INSERT INTO snapshots (snapshot_id, tenant_id) VALUES (bpc_uuid7(), $1)";

    private static readonly string[] s_forbidden =
    [
        "UPDATE document_versions SET content = '[]'",
        "UPDATE document_versions SET mime_type = 'text/csv'",
        "UPDATE document_versions SET violations = '[]'",
        "UPDATE document_versions SET status = 'UPLOADED'",
        "DELETE FROM document_versions",
        "UPDATE facts SET payload = '[]'",
        "DELETE FROM facts WHERE fact_key = 'b'",
        "UPDATE snapshots SET label = 'another'",
        "UPDATE snapshots SET status = 'BUILDING'",
        "UPDATE snapshots SET secret = sha256('guessed')",
        "DELETE FROM snapshots",
        "DELETE FROM snapshot_items",
        "UPDATE snapshot_items SET fact_id = (SELECT fact_id FROM facts WHERE fact_key = 'b')",
        """
        INSERT INTO snapshot_items (snapshot_id, fact_id, tenant_id)
        SELECT snapshot_id, fact_id, tenant_id FROM snapshots JOIN facts USING (tenant_id) WHERE fact_key = 'b'
        """,
        "UPDATE rule_package_versions SET dsl_source = 'package other'",
        "UPDATE rule_package_versions SET tests_source = '', tests_sha256 = ''",
        "UPDATE rule_package_versions SET published_at = NULL",
        "UPDATE rule_package_versions SET status = 'VALIDATED'",
        "UPDATE rule_package_versions SET status = 'RETIRED'",
        "UPDATE rule_package_versions SET deprecated_at = now()",
        "UPDATE rule_package_versions SET retired_at = now()",
        "UPDATE rule_package_versions SET status_reason = 'another'",
        "DELETE FROM rule_package_versions",
        "UPDATE rule_tests_runs SET failed = 0",
        "UPDATE passport_versions SET payload = '[]', payload_hash = bpc_sha256('[]')",
        "UPDATE passport_versions SET proof = '[]'",
        "UPDATE passport_versions SET receipt = '[]'",
        "UPDATE passport_versions SET issued_at = now()",
        "UPDATE passport_versions SET passport_version_id = gen_random_uuid()",
        "UPDATE passport_versions SET signature = sha512('forged')",
        "UPDATE passport_versions SET qr_payload = 'BPC1|pv=another'",
        "UPDATE passport_versions SET qr_png = NULL, qr_payload = NULL",
        "UPDATE passport_versions SET status = 'COMPILING'",
        "UPDATE passport_versions SET status = 'SUPERSEDED', superseded_at = now()",
        "DELETE FROM passport_versions",
        "UPDATE passport_sections SET content = '[]'",
        "DELETE FROM passport_sections",
        "UPDATE passport_exports SET content = '[]'",
        "UPDATE signing_keys SET public_key = sha256('another')",
        "UPDATE events SET payload = '[]'",
        "DELETE FROM events",
        "TRUNCATE events CASCADE",
        "UPDATE audit_links SET link_hash = bpc_sha256('')",
        "DELETE FROM audit_links",
        "UPDATE battery_products SET sku = 'another'",
        "UPDATE battery_products SET category = 'LMT'",
        "UPDATE passports SET serial_number = 'another'",
        "UPDATE documents SET kind = 'OTHER'",
        "TRUNCATE facts CASCADE",
        "TRUNCATE passport_versions CASCADE",
        "TRUNCATE rule_package_versions CASCADE",
        "TRUNCATE signing_keys CASCADE",
        "TRUNCATE audit_links",
    ];

    [Fact]
    public async Task What_is_proved_never_changes()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await database.CreateSampleAsync();

        await Assert.AllAsync(s_forbidden, change => RefusedAsync(database, Refused, change));
    }

    [Fact]
    public async Task A_passport_version_walks_its_states_and_a_passport_has_one_ACTIVE_version()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateSampleAsync();
        const string sign = """
            UPDATE passport_versions SET status = 'SIGNED', signature = sha512('t'), signing_key_id = 'key',
                   signing_public_key = sha256('key'), signed_at = now(), qr_payload = 'BPC1', qr_png = 'png'
             WHERE status = 'COMPILING'
            """;
        const string activate = """
            UPDATE passport_versions SET status = 'ACTIVE', activated_at = now() WHERE status = 'SIGNED'
            """;
        Assert.Equal(1, await database.ExecuteAsync(activate));
        await database.ExecuteAsync(SampleRows.CompileStatement, tenant);
        Assert.Equal(1, await database.ExecuteAsync(sign));

        await RefusedAsync(database, PostgresErrorCodes.UniqueViolation, activate);

        Assert.Equal(1, await database.ExecuteAsync("""
            UPDATE passport_versions SET status = 'SUPERSEDED', superseded_at = now(),
                   superseded_by = (SELECT passport_version_id FROM passport_versions WHERE status = 'SIGNED')
             WHERE status = 'ACTIVE'
            """));
        Assert.Equal(1, await database.ExecuteAsync(activate));
        await RefusedAsync(
            database, Refused, "UPDATE passport_versions SET activated_at = '2001-01-01' WHERE status = 'ACTIVE'");
        Assert.Equal(2, await database.ExecuteAsync(
            "UPDATE passport_versions SET status = 'REVOKED', revoked_at = now(), revoke_reason = 'recalled'"));
        await RefusedAsync(database, Refused, "UPDATE passport_versions SET revoke_reason = 'none'");
    }

    [Fact]
    public async Task A_version_without_a_signature_or_a_QR_code_cannot_be_ACTIVE()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateSampleAsync();
        await database.ExecuteAsync(SampleRows.CompileStatement, tenant);

        await RefusedAsync(database, PostgresErrorCodes.CheckViolation,
            "UPDATE passport_versions SET status = 'SIGNED' WHERE status = 'COMPILING'");
        await RefusedAsync(database, PostgresErrorCodes.ForeignKeyViolation, """
            UPDATE passport_versions SET status = 'SIGNED', signature = sha512('t'), signing_key_id = 'key',
                   signing_public_key = sha256('not the public key of that name'), signed_at = now()
             WHERE status = 'COMPILING'
            """);
        await database.ExecuteAsync("""
            UPDATE passport_versions SET status = 'SIGNED', signature = sha512('t'), signing_key_id = 'key',
                   signing_public_key = sha256('key'), signed_at = now() WHERE status = 'COMPILING'
            """);
        await RefusedAsync(database, PostgresErrorCodes.CheckViolation,
            "UPDATE passport_versions SET status = 'ACTIVE', activated_at = now() WHERE qr_png IS NULL");
    }

    [Theory]
    [InlineData("""
        INSERT INTO facts
        SELECT bpc_uuid7(), tenant_id, document_version_id, 'Battery', 'c', 'x', payload_hash FROM facts LIMIT 1
        """)]
    [InlineData("""
        INSERT INTO passport_exports
        SELECT bpc_uuid7(), tenant_id, passport_version_id, NULL, format, 'x', sha256 FROM passport_exports
        """)]
    public async Task Bytes_are_not_stored_under_a_hash_of_others(string insert)
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await database.CreateSampleAsync();

        await RefusedAsync(database, Refused, insert);
    }

    [Fact]
    public async Task A_seal_that_does_not_list_the_items_is_refused()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateSampleAsync();
        await database.ExecuteAsync(OpenSnapshot, tenant);

        await RefusedAsync(database, Refused, """
            UPDATE snapshots SET status = 'SEALED', snapshot_bytes = '{"facts":[{}]}',
                   snapshot_hash = bpc_sha256('{"facts":[{}]}'), secret = sha256('secret'), sealed_at = now()
             WHERE status = 'BUILDING'
            """);
    }

    [Theory]
    [InlineData("""
        INSERT INTO document_versions
        SELECT bpc_uuid7(), $1, document_id, 2, mime_type, content, sha256 FROM document_versions
        """)]
    [InlineData("INSERT INTO snapshot_items SELECT o.snapshot_id, f.fact_id, $1 FROM facts f, open_snapshot o LIMIT 1")]
    [InlineData("INSERT INTO passports SELECT bpc_uuid7(), $1, battery_product_id, '2' FROM battery_products")]
    [InlineData("""
        INSERT INTO rule_package_versions
        SELECT bpc_uuid7(), $1, rule_package_id, 2, '', '', '', dsl_sha256, tests_sha256 FROM rule_package_versions
        """)]
    [InlineData("""
        INSERT INTO passport_sections SELECT passport_version_id, 'restricted', $1, '{}' FROM passport_versions
        """)]
    public async Task Rows_of_two_tenants_are_never_linked(string link)
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await database.CreateSampleAsync();
        var stranger = await database.CreateTenantAsync();
        await database.ExecuteAsync(OpenSnapshot, stranger);
        await database.ExecuteAsync(
            "CREATE VIEW open_snapshot AS SELECT snapshot_id FROM snapshots WHERE status = 'BUILDING'");

        await RefusedAsync(database, PostgresErrorCodes.ForeignKeyViolation, link, stranger);
    }

    [Fact]
    public async Task An_item_that_comes_while_the_snapshot_is_being_sealed_waits_and_is_refused()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateSampleAsync();
        await database.ExecuteAsync(OpenSnapshot, tenant);
        await using var sealing = await database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await sealing.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var seal = new NpgsqlCommand("""
            UPDATE snapshots SET status = 'SEALED', snapshot_bytes = '{"facts":[]}',
                   snapshot_hash = bpc_sha256('{"facts":[]}'), secret = sha256('secret'), sealed_at = now()
             WHERE status = 'BUILDING'
            RETURNING snapshot_id
            """, sealing);
        var snapshot = (Guid)(await seal.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;

        var late = RefusedAsync(database, Refused, """
            INSERT INTO snapshot_items (snapshot_id, fact_id, tenant_id)
            SELECT $1, fact_id, tenant_id FROM facts LIMIT 1
            """, snapshot);
        await JobRows.UntilAsync(
            () =>
            {
                Assert.False(late.IsCompleted, "it did not wait for the seal");
                return database.ScalarAsync<bool>(
                    """
                    SELECT EXISTS (SELECT FROM pg_stat_activity
                                    WHERE datname = current_database() AND wait_event_type = 'Lock')
                    """);
            },
            "it waits for the seal");

        await transaction.CommitAsync(TestContext.Current.CancellationToken);
        await late;
    }

    private static async Task RefusedAsync(TestDatabase database, string sqlState, string sql, params object?[] args)
    {
        var error = await Assert.ThrowsAsync<PostgresException>(() => database.ExecuteAsync(sql, args));
        Assert.Equal(sqlState, error.SqlState);
    }
}
