using Bpc.Core;
using Npgsql;

namespace Bpc.Grains.Storage;

/// <summary>Runs writes in one round trip, inside the transaction the connection has open.</summary>
internal static class WriteBatch
{
    /// <summary>INVALID_STATE where a write did not change the rows it promised; the caller then rolls back.</summary>
    public static async Task RunAsync(NpgsqlConnection connection, IReadOnlyList<Write> writes, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var write in writes)
        {
            batch.BatchCommands.Add(Command(write));
        }

        await batch.ExecuteNonQueryAsync(ct);
        for (var i = 0; i < writes.Count; i++)
        {
            if (writes[i].Rows is { } rows && rows != batch.BatchCommands[i].RecordsAffected)
            {
                throw new BpcException(
                    BpcError.InvalidState, "somebody else changed this in the same moment; read it again");
            }
        }
    }

    public static NpgsqlBatchCommand Command(Write write)
    {
        var command = new NpgsqlBatchCommand(write.Sql);
        foreach (var value in write.Values)
        {
            command.Parameters.Add(new() { Value = value ?? DBNull.Value });
        }

        return command;
    }
}
