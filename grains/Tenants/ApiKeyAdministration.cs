using Bpc.Core;
using Bpc.Grains.Jobs;
using Bpc.Grains.Storage;
using Dapper;
using Npgsql;

namespace Bpc.Grains.Tenants;

/// <summary>A key just made, shown this once.</summary>
public sealed record MadeApiKey(Guid ApiKeyId, string ApiKey)
{
    public override string ToString() => $"API key {ApiKeyId}";
}

/// <summary>What may be shown of a key at any time.</summary>
public sealed record KnownApiKey(
    Guid ApiKeyId, string Prefix, string Role, string? Label, DateTime CreatedAt, DateTime? ExpiresAt,
    DateTime? RevokedAt, DateTime? LastUsedAt);

/// <summary>
/// An operator's hand on a tenant's keys, on the database alone: for the key that is lost or leaked while nobody can
/// sign in. Gateways notice within five seconds.
/// </summary>
public static class ApiKeyAdministration
{
    /// <summary>VALIDATION_ERROR for what is no role or label, NOT_FOUND where there is no such tenant.</summary>
    public static async Task<MadeApiKey> CreateAsync(
        NpgsqlDataSource database, ReadOnlyMemory<byte> pepper, string environment, string slug, string role,
        string? label, DateTime? expiresAt, CancellationToken ct)
    {
        new InputCheck().OneOf("--role", role, ApiKeyStore.Roles).OptionalText("--label", label, 200).ThrowIfWrong();
        var key = ApiKeyStore.Make(environment);
        await using var connection = await database.OpenConnectionAsync(ct);
        var tenant = await TenantAsync(connection, slug);
        var made = new NewApiKey(Guid.CreateVersion7(), tenant, key.Prefix, role, label, expiresAt);
        await WriteAsync(
            connection, ApiKeyStore.Insert(made, key.Hash(pepper.Span), TenantAdministration.Operator, Cause.None), ct);
        return new(made.ApiKeyId, key.Text);
    }

    /// <summary>A tenant's keys, newest first.</summary>
    public static async Task<IReadOnlyList<KnownApiKey>> ListAsync(
        NpgsqlDataSource database, string slug, CancellationToken ct)
    {
        const string sql = """
            SELECT api_key_id AS ApiKeyId, prefix AS Prefix, role AS Role, label AS Label, created_at AS CreatedAt,
                   expires_at AS ExpiresAt, revoked_at AS RevokedAt, last_used_at AS LastUsedAt
              FROM api_keys WHERE tenant_id = @tenant ORDER BY api_key_id DESC
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        var tenant = await TenantAsync(connection, slug);
        return (await connection.QueryAsync<KnownApiKey>(new(sql, new { tenant }, cancellationToken: ct))).AsList();
    }

    /// <summary>
    /// By the part of the key that may be shown. NOT_FOUND; INVALID_STATE where it is revoked already.
    /// </summary>
    public static async Task RevokeAsync(NpgsqlDataSource database, string prefix, CancellationToken ct)
    {
        const string sql = """
            SELECT tenant_id AS TenantId, api_key_id AS ApiKeyId, revoked_at AS RevokedAt FROM api_keys
             WHERE prefix = @prefix
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        var key = await connection.QuerySingleOrDefaultAsync<Revocable>(sql, new { prefix })
            ?? throw new BpcException(BpcError.NotFound, $"there is no key {prefix}; 'keys list TENANT' shows them");
        if (key.RevokedAt is { } at)
        {
            throw new BpcException(BpcError.InvalidState, $"the key {prefix} was revoked at {at:u} already");
        }

        await WriteAsync(
            connection, ApiKeyStore.Revoke(key.TenantId, key.ApiKeyId, TenantAdministration.Operator, Cause.None), ct);
    }

    private static async Task WriteAsync(NpgsqlConnection connection, Write[] writes, CancellationToken ct)
    {
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await WriteBatch.RunAsync(connection, writes, ct);
        await transaction.CommitAsync(ct);
    }

    private static async Task<Guid> TenantAsync(NpgsqlConnection connection, string slug) =>
        await connection.QuerySingleOrDefaultAsync<Guid?>(
            "SELECT tenant_id FROM tenants WHERE slug = @slug", new { slug })
        ?? throw new BpcException(BpcError.NotFound, $"there is no tenant '{slug}'");

    private sealed record Revocable(Guid TenantId, Guid ApiKeyId, DateTime? RevokedAt);
}
