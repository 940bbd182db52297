using Bpc.Core;
using Bpc.Core.Passports;
using Bpc.GrainInterfaces;
using Bpc.GrainInterfaces.Passports;
using Bpc.Grains.Audit;
using Bpc.Grains.Calls;

namespace Bpc.Grains.Passports;

/// <summary>One kind of battery; a tenant has each SKU once.</summary>
internal sealed class BatteryProductGrain(Transactions transactions) : Grain, IBatteryProductGrain
{
    private Guid Id => this.GetPrimaryKey();

    public Task<BatteryProductCreated> CreateAsync(Call call, string sku, string name, string category)
    {
        new InputCheck().Text("/sku", sku, 100).Text("/name", name, 200)
            .OneOf("/category", category, BatteryCategories.All)
            .ThrowIfWrong();
        return transactions.RunAsync(call, async tx =>
        {
            if (await PassportStore.TakeSkuAsync(tx, Id, sku, name, category) is { } existing)
            {
                throw new BpcException(BpcError.InvalidState, $"a battery product with SKU '{sku}' exists: {existing}");
            }

            await tx.WriteAsync(
                tx.Event(EventTypes.BatteryProductCreated, Id, ("sku", sku), ("name", name), ("category", category)));
            return new BatteryProductCreated(Id, sku);
        });
    }
}
