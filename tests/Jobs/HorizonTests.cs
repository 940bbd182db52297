using Bpc.Grains.Jobs.Measuring;
using Bpc.Tests.Database;
using Npgsql;

namespace Bpc.Tests.Jobs;

/// <summary>Who keeps dead rows from being vacuumed is found and named.</summary>
[Trait("Category", "Integration")]
public sealed class HorizonTests(PostgresServer postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_that_keeps_an_old_snapshot_is_found_and_warned_of_with_what_to_do()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var log = new LogLines();
        await using var holder = await database.DataSource.OpenConnectionAsync(Ct);
        await using var transaction = await holder.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, Ct);
        await using var look = new NpgsqlCommand("SELECT pg_backend_pid()", holder, transaction);
        var pid = (int)(await look.ExecuteScalarAsync(Ct))!;
        await using var cluster = await JobCluster.StartAsync(
            database, new() { HorizonWarning = TimeSpan.FromSeconds(2) }, [], log: log);
        await database.CreateTenantAsync();

        await JobRows.UntilAsync(() => Task.FromResult(log.Has($"pg_terminate_backend({pid})")), "the log names it");
        await JobRows.UntilAsync( // another session's snapshot may be older for a moment
            async () => await cluster.Service<HorizonStore>().ReadAsync(Ct) is { Kind: "session", Age: > 0 } horizon
                && horizon.Name == $"{pid}",
            "it is found");
    }
}
