using Bpc.Core;
using Bpc.Core.Passports.Signing;
using Bpc.Core.Passports.Verifying;
using Bpc.GrainInterfaces.Passports;
using Bpc.Grains.Calls;
using Bpc.Grains.Storage;
using Dapper;
using Npgsql;

namespace Bpc.Grains.Passports;

/// <summary>How far a version has come, with what signing and the QR code need of it.</summary>
internal sealed record VersionProgress(
    string Status, string PayloadHash, string ProofRootHash, byte[] Receipt, string ReceiptHash, bool HasQr);

/// <summary>A signed version with what it was compiled from.</summary>
internal sealed record StoredPassport(
    SignedPassport Passport, CompileIds Ids, DateTime IssuedAt, string CompilerBuildId);

/// <summary>The SQL of passport versions: how they come to be, and how they are read back.</summary>
internal sealed class PassportVersionStore(NpgsqlDataSource database)
{
    /// <summary>The version this job made before, or null.</summary>
    public async Task<Guid?> FindByCompileJobAsync(Guid tenantId, Guid jobId, CancellationToken ct)
    {
        const string sql = """
            SELECT passport_version_id FROM passport_versions WHERE tenant_id = @tenantId AND compile_job_id = @jobId
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.ExecuteScalarAsync<Guid?>(new(sql, new { tenantId, jobId }, cancellationToken: ct));
    }

    public async Task<VersionProgress?> FindProgressAsync(Guid tenantId, Guid versionId, CancellationToken ct)
    {
        const string sql = """
            SELECT status AS Status, payload_hash AS PayloadHash, proof_root_hash AS ProofRootHash,
                   receipt AS Receipt, receipt_hash AS ReceiptHash, qr_png IS NOT NULL AS HasQr
            FROM passport_versions WHERE tenant_id = @tenantId AND passport_version_id = @versionId
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.QueryFirstOrDefaultAsync<VersionProgress>(
            new(sql, new { tenantId, versionId }, cancellationToken: ct));
    }

    /// <summary>
    /// All bytes of a version that has signature and QR code. NOT_FOUND, or INVALID_STATE where it is not that far.
    /// </summary>
    /// <param name="purpose">What they are for, for the message.</param>
    public async Task<StoredPassport> GetFinishedAsync(
        Guid tenantId, Guid versionId, string purpose, CancellationToken ct) =>
        await FindFinishedAsync(tenantId, versionId, ct)
        ?? throw (await FindProgressAsync(tenantId, versionId, ct) is { } version
            ? new BpcException(
                BpcError.InvalidState,
                $"passport version {versionId} is {version.Status} and not finished; signature and QR code come before "
                + $"its {purpose}")
            : new BpcException(BpcError.NotFound, $"passport version {versionId} does not exist"));

    private async Task<StoredPassport?> FindFinishedAsync(Guid tenantId, Guid versionId, CancellationToken ct)
    {
        const string version = """
            SELECT passport_id AS PassportId, snapshot_id AS SnapshotId,
                   rule_package_version_id AS RulePackageVersionId, issued_at AS IssuedAt,
                   compiler_build_id AS CompilerBuildId, payload AS Payload, proof AS Proof, receipt AS Receipt,
                   receipt_hash AS ReceiptHash, signature AS Signature, signing_key_id AS SigningKeyId,
                   signing_public_key AS SigningPublicKey, qr_payload AS QrPayload, qr_png AS QrPng
            FROM passport_versions
            WHERE tenant_id = @tenantId AND passport_version_id = @versionId AND signature IS NOT NULL
              AND qr_png IS NOT NULL
            """;
        const string sections = """
            SELECT section AS Section, content AS Content FROM passport_sections
            WHERE tenant_id = @tenantId AND passport_version_id = @versionId
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        var parameters = new { tenantId, versionId };
        var row = await connection.QueryFirstOrDefaultAsync<VersionRow>(
            new(version, parameters, cancellationToken: ct));
        if (row is null)
        {
            return null;
        }

        var contents = (await connection.QueryAsync<SectionRow>(new(sections, parameters, cancellationToken: ct)))
            .ToDictionary(s => s.Section, s => s.Content, StringComparer.Ordinal);
        return row.Passport(tenantId, versionId, contents);
    }

    /// <summary>Finished versions after that id.</summary>
    public async Task<IReadOnlyList<ReplayItem>> FinishedAfterAsync(
        Guid? tenantId, Guid after, int limit, CancellationToken ct)
    {
        const string sql = """
            SELECT tenant_id AS TenantId, passport_version_id AS PassportVersionId FROM passport_versions
            WHERE passport_version_id > @after AND (@tenantId::uuid IS NULL OR tenant_id = @tenantId)
              AND signature IS NOT NULL AND qr_png IS NOT NULL
            ORDER BY passport_version_id LIMIT @limit
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        return (await connection.QueryAsync<ReplayItem>(
            new(sql, new { tenantId, after, limit }, cancellationToken: ct))).AsList();
    }

    public async Task<(long All, long Finished)> CountAsync(Guid? tenantId, CancellationToken ct)
    {
        const string sql = """
            SELECT count(*), count(*) FILTER (WHERE signature IS NOT NULL AND qr_png IS NOT NULL)
            FROM passport_versions WHERE @tenantId::uuid IS NULL OR tenant_id = @tenantId
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.QuerySingleAsync<(long, long)>(new(sql, new { tenantId }, cancellationToken: ct));
    }

    public static Write Insert(Guid versionId, CompileIds ids, Guid jobId, Compiled compiled) => new(
        """
        INSERT INTO passport_versions (passport_version_id, tenant_id, passport_id, snapshot_id,
            rule_package_version_id, compile_job_id, issued_at, compiler_build_id, payload, payload_hash,
            proof, proof_root_hash, receipt, receipt_hash)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        """,
        [
            versionId, ids.TenantId, ids.PassportId, ids.SnapshotId, ids.RulePackageVersionId, jobId,
            compiled.IssuedAt, compiled.CompilerBuildId, compiled.Payload, compiled.PayloadHash, compiled.Proof,
            compiled.ProofRootHash, compiled.Receipt, compiled.ReceiptHash,
        ]);

    public static Write InsertSections(
        Guid tenantId, Guid versionId, IReadOnlyDictionary<string, byte[]> sections) => new(
        """
        INSERT INTO passport_sections (passport_version_id, section, tenant_id, content)
        SELECT $1, s.name, $2, s.content FROM unnest($3::text[], $4::bytea[]) AS s (name, content)
        """,
        [versionId, tenantId, sections.Keys.ToArray(), sections.Values.ToArray()],
        Rows: sections.Count);

    public static Write MarkSigned(Guid tenantId, Guid versionId, Signed signed) => Write.Many(
        """
        UPDATE passport_versions v
        SET status = 'SIGNED', signature = s.signature, signing_key_id = s.key_id, signing_public_key = s.public_key,
            signed_at = now()
        FROM unnest($1, $2, $3, $4, $5) AS s (tenant_id, passport_version_id, signature, key_id, public_key)
        WHERE v.passport_version_id = s.passport_version_id AND v.tenant_id = s.tenant_id AND v.status = 'COMPILING'
        """,
        [tenantId, versionId, signed.Signature, signed.KeyId, signed.PublicKey]);

    public static Write StoreQr(Guid tenantId, Guid versionId, QrMade qr) => Write.Many(
        """
        UPDATE passport_versions v SET qr_payload = q.payload, qr_png = q.png
        FROM unnest($1, $2, $3, $4) AS q (tenant_id, passport_version_id, payload, png)
        WHERE v.passport_version_id = q.passport_version_id AND v.tenant_id = q.tenant_id AND v.status <> 'COMPILING'
          AND v.qr_png IS NULL
        """,
        [tenantId, versionId, qr.Payload, qr.Png]);

    /// <summary>
    /// The state before, the row locked until the call ends; null where the tenant has no such version.
    /// </summary>
    public static Task<string?> LockStatusAsync(CallTransaction tx, Guid versionId) => tx.FirstAsync<string>(
        """
        SELECT status FROM passport_versions
        WHERE tenant_id = @TenantId AND passport_version_id = @versionId FOR UPDATE
        """,
        new { tx.TenantId, versionId });

    public static Write Revoke(Guid tenantId, Guid versionId, string reason) => new(
        """
        UPDATE passport_versions SET status = 'REVOKED', revoked_at = now(), revoke_reason = $3
        WHERE tenant_id = $1 AND passport_version_id = $2 AND status IN ('SIGNED', 'ACTIVE', 'SUPERSEDED')
        """,
        [tenantId, versionId, reason]);

    private sealed record SectionRow(string Section, byte[] Content);

    private sealed record VersionRow(
        Guid PassportId, Guid SnapshotId, Guid RulePackageVersionId, DateTime IssuedAt, string CompilerBuildId,
        byte[] Payload, byte[] Proof, byte[] Receipt, string ReceiptHash,
        byte[] Signature, string SigningKeyId, byte[] SigningPublicKey, string QrPayload, byte[] QrPng)
    {
        public StoredPassport Passport(
            Guid tenantId, Guid versionId, IReadOnlyDictionary<string, byte[]> sections) => new(
            new SignedPassport(versionId, Payload, sections, Proof, Receipt, ReceiptHash,
                new ReceiptSignature(Signature, SigningKeyId, SigningPublicKey), QrPayload, QrPng),
            new CompileIds(tenantId, PassportId, SnapshotId, RulePackageVersionId), IssuedAt, CompilerBuildId);
    }
}
