using Bpc.Core.Settings;
using Bpc.Gateway.Http;
using Dapper;
using Npgsql;

namespace Bpc.Gateway.Queries;

/// <summary>
/// The gateway's own connections: whatever a query says, they write nothing, and they see the rows of one tenant at a
/// time (sql/090_roles.sql).
/// </summary>
internal sealed class GatewayDatabase : IAsyncDisposable, IDisposable
{
    private const string SessionOptions = "-c default_transaction_read_only=on -c statement_timeout=15000";

    // Sent before the query, in the same round trip and therefore the same transaction, which ends with it: the next
    // query on this connection starts without a tenant.
    private const string AsTenant = "SELECT set_config('bpc.tenant_id', @tenantId::text, true);";

    private const string AsPublicTenant =
        "SELECT set_config('bpc.tenant_id', coalesce(bpc_public_tenant(@passportVersionId)::text, ''), true);";

    static GatewayDatabase()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.AddTypeHandler(new RawJson.ColumnHandler());
    }

    public GatewayDatabase(BpcSettings settings) =>
        Source = new NpgsqlDataSourceBuilder(settings.Database.ToConnectionString(DatabaseRole.Gateway, SessionOptions))
        {
            Name = "gateway", // else metrics are labelled with the connection string
            ConnectionStringBuilder =
            {
                ApplicationName = "bpc-gateway",
                // Read, rewritten for row-level security and planned once a connection, not once a request: three
                // quarters of what a look-up cost the server.
                MaxAutoPrepare = 200,
                AutoPrepareMinUsages = 2,
                NoResetOnClose = true, // nothing outlives a query's transaction, so there is nothing to reset
            },
        }.Build();

    public NpgsqlDataSource Source { get; }

    /// <summary>The rows of the parameters' <c>tenantId</c>; the query names that tenant as well.</summary>
    public Task<IReadOnlyList<T>> ListAsync<T>(string sql, object parameters, CancellationToken ct) =>
        ScopedAsync<T>(AsTenant + sql, parameters, ct);

    /// <summary>The one row of the parameters' <c>tenantId</c>, or null.</summary>
    public async Task<T?> FindAsync<T>(string sql, object parameters, CancellationToken ct) =>
        (await ScopedAsync<T>(AsTenant + sql, parameters, ct)).SingleOrDefault();

    /// <summary>
    /// The one row of whichever tenant has published the version of the parameters' <c>passportVersionId</c>, or null.
    /// </summary>
    public async Task<T?> FindPublicAsync<T>(string sql, object parameters, CancellationToken ct) =>
        (await ScopedAsync<T>(AsPublicTenant + sql, parameters, ct)).SingleOrDefault();

    /// <summary>Rows that are no tenant's.</summary>
    public async Task<IReadOnlyList<T>> ListCommonAsync<T>(string sql, object parameters, CancellationToken ct)
    {
        await using var connection = await Source.OpenConnectionAsync(ct);
        return (await connection.QueryAsync<T>(new(sql, parameters, cancellationToken: ct))).AsList();
    }

    private async Task<IReadOnlyList<T>> ScopedAsync<T>(string sql, object parameters, CancellationToken ct)
    {
        await using var connection = await Source.OpenConnectionAsync(ct);
        await using var answers = await connection.QueryMultipleAsync(new(sql, parameters, cancellationToken: ct));
        await answers.ReadAsync<string>(); // the tenant
        return (await answers.ReadAsync<T>()).AsList();
    }

    public void Dispose() => Source.Dispose();

    public ValueTask DisposeAsync() => Source.DisposeAsync();
}
