using Bpc.GrainInterfaces;
using Bpc.GrainInterfaces.Audit;
using Bpc.Grains.Calls;
using Orleans.Concurrency;

namespace Bpc.Grains.Audit;

/// <summary>
/// Appends denials. It keeps nothing, so there may be many: the caller's chain in the database has a lock.
/// </summary>
[StatelessWorker]
internal sealed class AuditGrain(Transactions transactions) : Grain, IAuditGrain
{
    public Task DeniedAsync(Call call, Denial denial) =>
        // A refusal is written down each time, also where the same request is repeated under one idempotency key.
        transactions.RunAsync(call with { IdempotencyKey = null, RequestHash = null }, async tx =>
        {
            await tx.WriteAsync(Events.Denied(call, denial));
            return denial;
        });
}
