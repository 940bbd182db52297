using Bpc.Tests.Database;
using Npgsql;

namespace Bpc.Tests.Jobs.Invariants;

/// <summary>The checker finds what was planted, or its silence would mean nothing.</summary>
[Trait("Category", "Integration")]
public sealed class InvariantLogTests(InvariantLogTests.Logged logged) : IClassFixture<InvariantLogTests.Logged>
{
    private const string AsSilo = "SET LOCAL application_name = 'worker-1'; SET LOCAL bpc.skip_notify = 'on';";

    private const string Claim = """
        UPDATE jobs SET status = 'RUNNING', attempts = attempts + 1, lease_epoch = lease_epoch + 1,
               lease_owner = 'worker-1', lease_expires_at = clock_timestamp() + interval '1 minute'
         WHERE status = 'QUEUED';
        """;

    private const string Succeed =
        "UPDATE jobs SET status = 'SUCCEEDED', lease_expires_at = NULL WHERE status IN ('QUEUED', 'RUNNING');";

    private const string Effect = "INSERT INTO job_effects SELECT job_id, lease_epoch FROM jobs;";

    private const string OneJob = $$"""
        INSERT INTO jobs (tenant_id, type, payload) SELECT tenant_id, 'ANY', '{"effect": true}' FROM tenants;
        {{AsSilo}}
        """;

    private const string Life = $"{OneJob} {Claim} {Succeed} {Effect}";

    private const string AsOperator = "SET LOCAL bpc.skip_notify = '';";

    private const string Requeue =
        AsOperator + "UPDATE jobs SET status = 'QUEUED', attempts = 0, rescues = 0;" + AsSilo;

    private const string Rescue =
        "UPDATE jobs SET status = 'QUEUED', rescues = rescues + 1, lease_owner = NULL, lease_expires_at = NULL;";

    private const string Delivery = """
        INSERT INTO webhook_endpoints (webhook_endpoint_id, tenant_id, url, secret_encrypted)
        SELECT bpc_uuid7(), tenant_id, 'http://127.0.0.1/', '' FROM tenants;
        INSERT INTO webhook_deliveries (webhook_delivery_id, tenant_id, webhook_endpoint_id, event_type, body)
        SELECT bpc_uuid7(), tenant_id, webhook_endpoint_id, 'any.event', 'what is said' FROM webhook_endpoints;
        INSERT INTO jobs (tenant_id, type, payload)
        SELECT tenant_id, 'DELIVER_WEBHOOK', jsonb_build_object('webhook_delivery_id', webhook_delivery_id)
          FROM webhook_deliveries;
        """ + AsSilo;

    private const string Version = $$"""
        INSERT INTO jobs (job_id, tenant_id, type) SELECT bpc_uuid7(), tenant_id, 'COMPILE_PASSPORT' FROM tenants;
        {{AsSilo}} {{Claim}}
        INSERT INTO passport_versions (passport_version_id, tenant_id, passport_id, snapshot_id,
            rule_package_version_id, compile_job_id, issued_at, compiler_build_id, payload, payload_hash,
            proof, proof_root_hash, receipt, receipt_hash)
        SELECT bpc_uuid7(), tenant_id, passport_id, snapshot_id, rule_package_version_id, job_id, now(), 'dev',
               '{}', bpc_sha256('{}'), '{}', bpc_sha256('root'), '{}', bpc_sha256('{}')
          FROM jobs JOIN passports USING (tenant_id) JOIN snapshots USING (tenant_id)
               JOIN rule_package_versions USING (tenant_id);
        {{Succeed}}
        """;

    private const string Sign = """
        INSERT INTO jobs (tenant_id, type, payload)
        SELECT tenant_id, 'SIGN_PASSPORT', jsonb_build_object('passport_version_id', passport_version_id)
          FROM passport_versions WHERE signature IS NULL;
        """;

    private const string SignSucceeds =
        "UPDATE jobs SET status = 'FAILED' WHERE status = 'RUNNING';"; // an end of any kind will do here

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Planted => new()
    {
        { "I1", OneJob },
        { "I1", $"{OneJob} {Claim}" },
        { "I1", $"{OneJob} DELETE FROM jobs;" },
        { "I1", $"{Life} SET LOCAL session_replication_role = replica; DELETE FROM jobs;" },
        { "I1 I3 I4", $"{OneJob} {Claim} {Effect} {Succeed} {Requeue} "
            + $"UPDATE jobs SET status = 'RUNNING', attempts = 1; {Succeed}" },
        { "I2", $"{OneJob} {Claim} {Effect} SET LOCAL application_name = 'worker-2'; {Succeed}" },
        { "I2 I4", $"{OneJob} {Claim} {Requeue} {Claim} {Succeed}"
            + "INSERT INTO job_effects SELECT job_id, 1 FROM jobs;" },
        { "I2", $"{Life} INSERT INTO job_effects SELECT job_id, 1, '3' FROM jobs;" },
        { "I2 I3", $"{OneJob} {Effect} {Succeed}" },
        { "I3", $"{OneJob} {Claim} UPDATE jobs SET lease_epoch = 0; {Effect} {Succeed}" },
        { "I4", $"{OneJob} {Claim} {Succeed}" },
        { "I4", $"{Life} {Effect}" },
        { "I4", $$"""{{Life}} {{AsOperator}} UPDATE jobs SET payload = '{"effect": true, "next": true}';""" },
        { "I4", Life + AsOperator + " INSERT INTO jobs (tenant_id, type, status, payload) "
            + "SELECT tenant_id, 'NEXT', 'FAILED', jsonb_build_object('source', bpc_uuid7()) FROM tenants;" },
        { "I5", $"{Life} {Rescue} UPDATE jobs SET status = 'FAILED';" },
        { "I5", $"{Life} UPDATE jobs SET result = '{{}}';" },
        { "I7", $"{Delivery} {Claim} {Succeed}" },
        { "I7", $"{Delivery} {AsOperator} DELETE FROM jobs;" },
        { "I7", $"{Delivery} {Claim} {Succeed} INSERT INTO webhook_copies "
            + "SELECT webhook_delivery_id, 'something else' FROM webhook_deliveries;" },
        { "I8", $"{OneJob} UPDATE jobs SET attempts = 5; {Claim} {Effect} {Succeed}" },
        { "I8", $"{OneJob} {Claim} UPDATE jobs SET status = 'QUEUED', rescues = 1, attempts = 0; {Claim} {Effect}"
            + Succeed },
        { "I9", $"{OneJob} {Claim} UPDATE jobs SET lease_expires_at = now() - interval '1 hour'; {Effect} {Succeed}" },
        { "I9", $"{OneJob} {Claim} UPDATE jobs SET lease_expires_at = NULL; SELECT pg_sleep(0.2); {Effect} {Succeed}" },
    };

    [Fact]
    public async Task A_clean_life_breaks_nothing()
    {
        Assert.Empty(await AfterAsync(Life));
        Assert.Empty(await AfterAsync($"{OneJob} {Claim} {Rescue} {Claim} {Effect} {Succeed}"));
        Assert.Empty(await AfterAsync($"{Life} {Requeue} {Claim} {Effect} {Succeed}"));
        Assert.Empty(await AfterAsync($"{Delivery} {Claim} {Succeed} INSERT INTO webhook_copies "
            + "SELECT webhook_delivery_id, body FROM webhook_deliveries, generate_series(1, 2);"));
    }

    [Theory]
    [MemberData(nameof(Planted))]
    public async Task A_planted_violation_is_found_and_named(string invariants, string plan) =>
        Assert.Equal(invariants, string.Join(' ', await AfterAsync(plan)));

    [Fact]
    public async Task A_version_without_its_next_job_and_bytes_that_change_are_found()
    {
        Assert.Empty(await AfterAsync($"{Version} {Sign} {Claim} {SignSucceeds}"));
        Assert.Equal(["I4"], await AfterAsync(Version));
        Assert.Equal(["I4"], await AfterAsync($"{Version} {Sign} {Sign} {Claim} {SignSucceeds}"));
        Assert.Equal(["I5"], await AfterAsync($"{Version} {Sign} {Claim} {SignSucceeds} "
            + "SET LOCAL session_replication_role = replica; UPDATE passport_versions SET payload = '[]';"));
    }

    /// <summary>A tenant with all it takes to compile a passport, and no version yet.</summary>
    public sealed class Logged(PostgresServer postgres) : IAsyncLifetime
    {
        internal TestDatabase Database { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Database = await postgres.CreateLoggedDatabaseAsync();
            await Database.CreateSampleAsync();
            await Database.TamperAsync("DELETE FROM passport_exports");
            await Database.TamperAsync("DELETE FROM passport_sections");
            await Database.TamperAsync("DELETE FROM passport_versions");
        }

        public ValueTask DisposeAsync() => Database.DisposeAsync();
    }

    /// <summary>Which invariants the checker sees broken; what was planted is taken back.</summary>
    private async Task<List<string>> AfterAsync(string plan)
    {
        await using var connection = await logged.Database.DataSource.OpenConnectionAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        await using (var planting = new NpgsqlCommand(plan, connection))
        {
            await planting.ExecuteNonQueryAsync(Ct);
        }

        const string ask = "SELECT DISTINCT invariant FROM violations(interval '100 ms') ORDER BY 1";
        await using var command = new NpgsqlCommand(ask, connection);
        await using var reader = await command.ExecuteReaderAsync(Ct);
        var found = new List<string>();
        while (await reader.ReadAsync(Ct))
        {
            found.Add(reader.GetString(0));
        }

        return found;
    }
}
