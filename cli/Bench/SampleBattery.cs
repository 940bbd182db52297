using Bpc.Cli.Demo;
using Bpc.Cli.Rules;
using Bpc.Hosting;
using Spectre.Console;

namespace Bpc.Cli.Bench;

/// <summary>What passports of one battery are compiled from.</summary>
internal sealed record SampleBattery(string ProductId, string SnapshotId, string RulesId)
{
    /// <summary>The demo's steps, told to nobody.</summary>
    public static Narrator Silence { get; } =
        new(AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(TextWriter.Null) }));

    /// <summary>The shipped sample: documents parsed, snapshot sealed, rules published.</summary>
    public static async Task<SampleBattery> PrepareAsync(BpcHome home, Api api, CancellationToken ct)
    {
        var documents = InputDocument.In(new(home.Shipped("samples/ev-battery")));
        var facts = await new Documents(api, Silence).UploadAllAsync(documents, ct);
        var battery = Battery.In(facts);
        var product = await api.PostAsync(
            "v1/battery-products", new { battery.Sku, battery.Name, battery.Category }, ct);
        var rules = new RuleFile(new(home.Shipped("rules/sample/ev-battery.bpcr")));
        return new(
            (string)product["battery_product_id"]!,
            await new Compilation(api, Silence).SealSnapshotAsync(facts, ct),
            await new Rulebook(api, Silence).PublishAsync(rules, ct));
    }
}
