using System.Security.Cryptography;
using Bpc.Core;
using Bpc.Core.Facts;
using Bpc.Core.Snapshots;
using Bpc.GrainInterfaces;
using Bpc.GrainInterfaces.Snapshots;
using Bpc.Grains.Audit;
using Bpc.Grains.Calls;
using Bpc.Grains.Jobs;

namespace Bpc.Grains.Snapshots;

/// <summary>One snapshot: every change locks its row first, so that nothing is added to what is being sealed.</summary>
internal sealed class SnapshotGrain(Transactions transactions, SnapshotStore snapshots, CpuPool cpu)
    : Grain, ISnapshotGrain
{
    private Guid Id => this.GetPrimaryKey();

    public Task<SnapshotState> CreateAsync(Call call, string? label)
    {
        new InputCheck().OptionalText("/label", label, 200).ThrowIfWrong();
        return transactions.RunAsync(call, async tx =>
        {
            await tx.WriteAsync(SnapshotStore.Insert(tx.TenantId, Id, label), tx.Event(EventTypes.SnapshotCreated, Id));
            return new SnapshotState(Id, "BUILDING", null, 0);
        });
    }

    public Task<SnapshotState> AddItemsAsync(Call call, IReadOnlyList<Guid> factIds)
    {
        new InputCheck().Require(
            factIds.Count is > 0 and <= ISnapshotGrain.MaxFactsPerCall, "/fact_ids",
            $"has {factIds.Count} ids; 1 to {ISnapshotGrain.MaxFactsPerCall} are wanted")
            .ThrowIfWrong();
        return transactions.RunAsync(call, async tx =>
        {
            var snapshot = await LockAsync(tx);
            if (snapshot.Status == "SEALED")
            {
                throw new BpcException(BpcError.SnapshotSealed, $"snapshot {Id} is SEALED; its facts never change");
            }

            await RequireFactsAsync(tx, factIds);
            var added = await SnapshotStore.AddItemsAsync(tx, Id, factIds);
            if (added > 0)
            {
                await tx.WriteAsync(
                    tx.Event(EventTypes.SnapshotItemsAdded, Id, ("added", added)),
                    tx.Job(Guid.CreateVersion7(), JobTypes.BuildSnapshot, null, ("snapshot_id", Id.ToString())));
            }

            return snapshot with { Items = snapshot.Items + added };
        });
    }

    public async Task<SnapshotState> SealAsync(Call call, CancellationToken ct)
    {
        // Before the transaction: waiting for a processor, it would hold the row and a connection.
        var early = await snapshots.FindStatusAsync(call.TenantId, Id, ct) is "BUILDING" or "READY"
            ? await MakeSealAsync(await snapshots.FactsAsync(call.TenantId, Id, ct), ct) : null;
        return await transactions.RunAsync(call, async tx =>
        {
            var snapshot = await LockAsync(tx);
            if (snapshot.Status == "SEALED")
            {
                return snapshot;
            }

            var facts = await SnapshotStore.FactsAsync(tx, Id);
            var made = early?.IsOf(facts) == true ? early : await MakeSealAsync(facts, ct);
            var (hash, secret) = (made.Snapshot.Hash, RandomNumberGenerator.GetBytes(32));
            await tx.WriteAsync(
                SnapshotStore.MarkSealed(tx.TenantId, Id, made.Snapshot, secret),
                tx.Event(EventTypes.SnapshotSealed, Id, ("snapshot_hash", hash), ("facts", facts.Count)));
            return new SnapshotState(Id, "SEALED", hash, facts.Count);
        });
    }

    private async Task<Made> MakeSealAsync(IReadOnlyList<Fact> facts, CancellationToken ct) =>
        new(facts, await cpu.RunAsync(() => SnapshotSeal.Seal(Id, facts), ct));

    private async Task<SnapshotState> LockAsync(CallTransaction tx) =>
        await SnapshotStore.LockAsync(tx, Id)
            ?? throw new BpcException(BpcError.NotFound, $"snapshot {Id} does not exist");

    private static async Task RequireFactsAsync(CallTransaction tx, IReadOnlyList<Guid> factIds)
    {
        var unknown = (await SnapshotStore.UnknownFactsAsync(tx, factIds)).ToHashSet();
        if (unknown.Count > 0)
        {
            throw new BpcException(
                BpcError.NotFound,
                $"these facts do not exist: {string.Join(", ", unknown.Take(20))}{(unknown.Count > 20 ? ", …" : "")}",
                [.. factIds.Index().Where(f => unknown.Contains(f.Item))
                    .Select(f => new Violation($"/fact_ids/{f.Index}", $"fact {f.Item} does not exist"))]);
        }
    }

    private sealed record Made(IReadOnlyList<Fact> Facts, SealedSnapshot Snapshot)
    {
        /// <summary>Whether it is the seal of just these facts.</summary>
        public bool IsOf(IReadOnlyList<Fact> facts) =>
            facts.Count == Facts.Count && facts.Select(Name).ToHashSet().SetEquals(Facts.Select(Name));

        private static (string, string, string) Name(Fact fact) => (fact.FactType, fact.FactKey, fact.PayloadHash);
    }
}
