using Bpc.Core.Canonical;
using Bpc.Core.Facts;
using Bpc.Core.Passports;
using Bpc.Core.Rules;
using Bpc.Core.Snapshots;

namespace Bpc.Tests.Passports;

/// <summary>
/// A small real package over the facts of one battery with twelve components, compiled as production does.
/// </summary>
internal static class RuleSample
{
    public static RulePackage Package => RulePackage.Compile(
        File.ReadAllText(Path.Combine(Repository.Root, "tests", "Passports", "Golden", "package.bpcr")));

    public static readonly IReadOnlyList<Fact> Facts =
    [
        NewFact("Battery", "battery:SKU-1", ("rated_capacity_kwh", "75.5"), ("chemistry", "NMC 811 – Li\u200aNi₀.₈")),
        NewFact("PCF", "pcf:SKU-1", ("total_gco2e", "5285000"), ("cycles", "1500")),
        .. Enumerable.Range(1, 12).Select(i =>
            NewFact("Component", $"component:SKU-1:P-{i:d2}", ("mass_kg", $"{i}.2505"))),
    ];

    public static readonly CompileInput Input = Sample.Input with
    {
        Sku = "SKU-1",
        Facts = Facts,
        SnapshotHash = SnapshotSeal.Seal(Sample.Input.SnapshotId, Facts).Hash,
    };

    public static CompiledPassport Compiled() => PassportCompiler.Compile(Package, Input);

    private static Fact NewFact(string type, string key, params (string Name, JsonValue Value)[] members)
    {
        var payload = CanonicalJson.Write(JsonValue.Object(members));
        return new(type, key, payload, CanonicalJson.HashHex(payload));
    }
}
