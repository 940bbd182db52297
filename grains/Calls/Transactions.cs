using Bpc.GrainInterfaces;
using Bpc.Grains.Jobs.Enqueuing;
using Bpc.Grains.Jobs.Measuring;
using Bpc.Grains.Jobs.Waking;
using Npgsql;

namespace Bpc.Grains.Calls;

/// <summary>Runs a call's effect, its events, its jobs and its idempotency key as one transaction.</summary>
internal sealed class Transactions(
    NpgsqlDataSource database, JobInserts inserts, JobWake wake, EngineMetrics metrics)
{
    /// <summary>
    /// The body's answer. With an idempotency key the answer is stored beside the effect: the same request gets it
    /// again without a second effect, another request under that key is IDEMPOTENCY_CONFLICT. A body that throws leaves
    /// nothing, the key included.
    /// </summary>
    public async Task<T> RunAsync<T>(Call call, Func<CallTransaction, Task<T>> body)
        where T : class
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        if (await IdempotencyKeys.TakeAsync<T>(connection, call) is { } answered)
        {
            return answered;
        }

        using var tx = new CallTransaction(call, connection, inserts);
        var answer = await body(tx);
        await IdempotencyKeys.AnswerAsync(connection, call, answer);
        await transaction.CommitAsync();
        tx.Committed();
        if (tx.Enqueued)
        {
            metrics.Woken(WakeSource.Call);
            wake.SignalAll();
        }

        return answer;
    }
}
