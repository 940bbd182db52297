using Bpc.Core.Settings;
using Npgsql;

namespace Bpc.Cli.Bench;

/// <summary>
/// What ASP.NET Core and Npgsql cost by themselves: an endpoint of one query and one of one insert, without keys,
/// tenants, limits, idempotency, events or grains.
/// </summary>
internal sealed class BareServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly NpgsqlDataSource _database;

    private BareServer(WebApplication app, NpgsqlDataSource database) => (_app, _database) = (app, database);

    public Uri Address => new(_app.Urls.Single() + "/");

    public static async Task<BareServer> StartAsync(DatabaseSettings settings, CancellationToken ct)
    {
        var database = NpgsqlDataSource.Create(settings.ToConnectionString());
        await using (var table = database.CreateCommand("CREATE TABLE bare (id uuid PRIMARY KEY, label text)"))
        {
            await table.ExecuteNonQueryAsync(ct);
        }

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/payload/{id:guid}", (Guid id, CancellationToken stop) => PayloadAsync(database, id, stop));
        app.MapPost("/rows", (NewRow row, CancellationToken stop) => InsertAsync(database, row, stop));
        await app.StartAsync(ct);
        return new(app, database);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _database.DisposeAsync();
    }

    private static async Task<IResult> PayloadAsync(NpgsqlDataSource database, Guid id, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            "SELECT payload FROM passport_versions WHERE passport_version_id = $1");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        return await command.ExecuteScalarAsync(ct) is byte[] payload
            ? Results.Bytes(payload, "application/json") : Results.NotFound();
    }

    private static async Task<IResult> InsertAsync(NpgsqlDataSource database, NewRow row, CancellationToken ct)
    {
        var id = Guid.CreateVersion7();
        await using var command = database.CreateCommand("INSERT INTO bare (id, label) VALUES ($1, $2)");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = row.Label });
        await command.ExecuteNonQueryAsync(ct);
        return Results.Created((string?)null, new { id });
    }

    internal sealed record NewRow(string Label);
}
