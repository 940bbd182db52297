using Bpc.Core;
using Npgsql;

namespace Bpc.Grains.Storage;

/// <summary>
/// Writes of one transaction, for one round trip. New jobs are not among them: those share the engine's own statement
/// (<see cref="Jobs.JobInsert"/>).
/// </summary>
internal sealed class WriteBatch
{
    private readonly List<(Write Write, NpgsqlBatchCommand Command)> _commands;

    public WriteBatch(IEnumerable<Write> writes) =>
        _commands = [.. writes.Where(write => write.Job is null).Select(write => (write, Command(write)))];

    /// <summary>Once all has run: a write that did not change the rows it promised, and how many it did.</summary>
    public (Write Write, int Changed)? Refused => _commands
        .Where(c => c.Write.Rows is { } rows && (ulong)rows != c.Command.Rows)
        .Select(c => ((Write, int)?)(c.Write, (int)c.Command.Rows)).FirstOrDefault();

    public static async Task RunAsync(NpgsqlConnection connection, IReadOnlyList<Write> writes, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        var mine = new WriteBatch(writes);
        mine.AddTo(batch);
        await batch.ExecuteNonQueryAsync(ct);
        mine.ThrowIfRefused();
    }

    public void AddTo(NpgsqlBatch batch) => _commands.ForEach(c => batch.BatchCommands.Add(c.Command));

    /// <summary>INVALID_STATE where a write did not change the rows it promised; the caller then rolls back.</summary>
    public void ThrowIfRefused()
    {
        if (Refused is not null)
        {
            throw new BpcException(
                BpcError.InvalidState, "somebody else changed this in the same moment; read it again");
        }
    }

    private static NpgsqlBatchCommand Command(Write write)
    {
        var command = new NpgsqlBatchCommand(write.Sql);
        foreach (var value in write.Values)
        {
            command.Parameters.Add(new() { Value = value ?? DBNull.Value });
        }

        return command;
    }
}
