using Bpc.Core.Settings;
using Bpc.Gateway.Http;
using Dapper;
using Npgsql;

namespace Bpc.Gateway.Queries;

/// <summary>The gateway's own connections: they read and cannot write, whatever a query says.</summary>
internal sealed class GatewayDatabase : IAsyncDisposable, IDisposable
{
    static GatewayDatabase()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.AddTypeHandler(new RawJson.ColumnHandler());
    }

    public GatewayDatabase(BpcSettings settings) =>
        Source = new NpgsqlDataSourceBuilder(settings.Database.ToConnectionString())
        {
            Name = "gateway", // else metrics are labelled with the connection string
            ConnectionStringBuilder =
            {
                ApplicationName = "bpc-gateway",
                Options = "-c default_transaction_read_only=on -c statement_timeout=15000",
            },
        }.Build();

    public NpgsqlDataSource Source { get; }

    public async Task<IReadOnlyList<T>> ListAsync<T>(string sql, object parameters, CancellationToken ct)
    {
        await using var connection = await Source.OpenConnectionAsync(ct);
        return (await connection.QueryAsync<T>(new(sql, parameters, cancellationToken: ct))).AsList();
    }

    public async Task<T?> FindAsync<T>(string sql, object parameters, CancellationToken ct)
    {
        await using var connection = await Source.OpenConnectionAsync(ct);
        return await connection.QuerySingleOrDefaultAsync<T>(new(sql, parameters, cancellationToken: ct));
    }

    public void Dispose() => Source.Dispose();

    public ValueTask DisposeAsync() => Source.DisposeAsync();
}
