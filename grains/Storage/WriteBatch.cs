using Bpc.Core;
using Npgsql;

namespace Bpc.Grains.Storage;

/// <summary>
/// Writes of one transaction, for one round trip; those that take many and are the same become one statement. New jobs
/// are not among them: they share the engine's own statement (<see cref="Jobs.Enqueuing.JobInsert"/>).
/// </summary>
internal sealed class WriteBatch
{
    private readonly List<WriteStatement> _statements;

    /// <param name="jobs">Of each job its writes, which run in their order.</param>
    public WriteBatch(IEnumerable<IReadOnlyList<Write>> jobs)
    {
        var alone = 0;
        _statements = [.. jobs
            .SelectMany(writes => writes.Where(write => write.Job is null).Select((write, place) => (write, place)))
            .GroupBy(w => (w.place, w.write.Sql, w.write.TakesMany ? 0 : ++alone), w => w.write)
            .OrderBy(same => same.Key.place)
            .Select(same => new WriteStatement([.. same]))];
    }

    /// <summary>Once all has run: a write that did not change the rows it promised, and how many it did.</summary>
    public (Write Write, int Changed)? Refused =>
        _statements.Find(s => s.Promised is { } rows && rows != s.Changed) is { } refused
            ? (refused.First, refused.Changed) : null;

    public static async Task RunAsync(NpgsqlConnection connection, IReadOnlyList<Write> writes, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        var mine = new WriteBatch([writes]);
        mine.AddTo(batch);
        await batch.ExecuteNonQueryAsync(ct);
        mine.ThrowIfRefused();
    }

    public void AddTo(NpgsqlBatch batch) => _statements.ForEach(s => batch.BatchCommands.Add(s.Command));

    /// <summary>INVALID_STATE where a write did not change the rows it promised; the caller then rolls back.</summary>
    public void ThrowIfRefused()
    {
        if (Refused is not null)
        {
            throw new BpcException(
                BpcError.InvalidState, "somebody else changed this in the same moment; read it again");
        }
    }
}
