using Bpc.Core;
using Bpc.GrainInterfaces.Documents;
using Bpc.GrainInterfaces.Snapshots;
using Bpc.Tests.Database;
using Npgsql;

namespace Bpc.Tests.Slices.Storage;

[Trait("Category", "Integration")]
public sealed class GrainErrorTests(PostgresServer postgres)
{
    [Fact]
    public async Task An_error_keeps_its_code_sentence_and_violations_across_the_wire()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var snapshot = silo.Grains.GetGrain<ISnapshotGrain>(Guid.CreateVersion7());
        await snapshot.CreateAsync(silo.Call(), null);
        var unknown = Guid.CreateVersion7();

        var error = await Assert.ThrowsAsync<BpcException>(() => snapshot.AddItemsAsync(silo.Call(), [unknown]));

        Assert.Equal(BpcError.NotFound, error.Code);
        Assert.Contains(unknown.ToString(), error.Message);
        Assert.Equal([new Violation("/fact_ids/0", $"fact {unknown} does not exist")], error.Violations);
    }

    [Fact]
    public async Task A_database_that_does_not_answer_in_time_is_DB_UNAVAILABLE()
    {
        // A session waits half a lease for a lock.
        await using var silo = await TestSilo.StartAsync(
            postgres,
            s => s with
            {
                Jobs = new() { Lease = TimeSpan.FromSeconds(1), LeaseRenew = TimeSpan.FromSeconds(0.3) },
            });
        var ct = TestContext.Current.CancellationToken;
        await using var other = await silo.Database.DataSource.OpenConnectionAsync(ct);
        await using var transaction = await other.BeginTransactionAsync(ct);
        await using var locking = new NpgsqlCommand("LOCK TABLE documents", other, transaction);
        await locking.ExecuteNonQueryAsync(ct);

        var error = await Assert.ThrowsAsync<BpcException>(
            () => silo.Grains.GetGrain<IDocumentGrain>(Guid.CreateVersion7()).CreateAsync(silo.Call(), "BOM", null));

        Assert.Equal(BpcError.DbUnavailable, error.Code);
    }

    [Fact]
    public async Task Creating_a_thing_twice_is_INVALID_STATE()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var document = silo.Grains.GetGrain<IDocumentGrain>(Guid.CreateVersion7());
        await document.CreateAsync(silo.Call(), "BOM", null);

        var error = await Assert.ThrowsAsync<BpcException>(() => document.CreateAsync(silo.Call(), "BOM", null));

        Assert.Equal(BpcError.InvalidState, error.Code);
    }
}
