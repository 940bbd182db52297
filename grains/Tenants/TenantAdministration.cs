using System.Text.RegularExpressions;
using Bpc.Core;
using Bpc.Core.ApiKeys;
using Bpc.Core.Canonical;
using Bpc.Grains.Audit;
using Bpc.Grains.Jobs;
using Bpc.Grains.Storage;
using Dapper;
using Npgsql;

namespace Bpc.Grains.Tenants;

/// <summary>A tenant with its first key, which is shown this once.</summary>
public sealed record NewTenant(Guid TenantId, string ApiKey)
{
    public override string ToString() => $"tenant {TenantId}";
}

/// <summary>Makes tenants. It works on the database alone: the first tenant comes before any silo or gateway.</summary>
public static partial class TenantAdministration
{
    internal const string Operator = "operator";

    /// <summary>
    /// A tenant with an Admin API key. VALIDATION_ERROR for a slug that is none, INVALID_STATE for one that is taken.
    /// </summary>
    /// <param name="environment">BPC_ENV; stands in the key.</param>
    public static async Task<NewTenant> CreateAsync(
        NpgsqlDataSource database, ReadOnlyMemory<byte> pepper, string slug, string environment, CancellationToken ct)
    {
        new InputCheck().Require(
            Slug().IsMatch(slug), "/slug", $"is '{slug}'; 1 to 63 lower-case letters, digits and hyphens are wanted")
                .ThrowIfWrong();
        var tenant = Guid.CreateVersion7();
        var key = ApiKeyStore.Make(environment);
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (await TakeSlugAsync(connection, tenant, slug) is { } existing)
        {
            throw new BpcException(BpcError.InvalidState, $"there is a tenant '{slug}' already: {existing}");
        }

        await WriteBatch.RunAsync(connection, Writes(tenant, slug, key, pepper.Span), ct);
        await transaction.CommitAsync(ct);
        return new(tenant, key.Text);
    }

    /// <summary>Null where the slug was free and now is this tenant's; otherwise the tenant that has it.</summary>
    private static async Task<Guid?> TakeSlugAsync(NpgsqlConnection connection, Guid tenant, string slug)
    {
        const string insert =
            "INSERT INTO tenants (tenant_id, slug) VALUES (@tenant, @slug) ON CONFLICT (slug) DO NOTHING";
        var parameters = new { tenant, slug };
        return await connection.ExecuteAsync(insert, parameters) == 1
            ? null
            : await connection.QuerySingleAsync<Guid>("SELECT tenant_id FROM tenants WHERE slug = @slug", parameters);
    }

    private static Write[] Writes(Guid tenant, string slug, ApiKey key, ReadOnlySpan<byte> pepper)
    {
        var made = new NewApiKey(
            Guid.CreateVersion7(), tenant, key.Prefix, "Admin", "made with the tenant", ExpiresAt: null);
        return
        [
            Events.Append(
                tenant, EventTypes.Aggregate(EventTypes.TenantCreated), tenant, EventTypes.TenantCreated, Operator,
                JsonValue.Object([("slug", slug)]), Cause.None),
            .. ApiKeyStore.Insert(made, key.Hash(pepper), Operator, Cause.None),
        ];
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,62}\\z")]
    private static partial Regex Slug();
}
