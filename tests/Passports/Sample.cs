using Bpc.Core.Canonical;
using Bpc.Core.Passports;
using Bpc.Core.Passports.Proving;
using Bpc.Core.Passports.Qr;
using Bpc.Core.Passports.Signing;
using Bpc.Core.Passports.Verifying;
using Bpc.Core.Rules;

namespace Bpc.Tests.Passports;

/// <summary>One small passport with something in every section, made by hand: no rules take part.</summary>
internal static class Sample
{
    public static readonly CompileInput Input = new(
        TenantId: Guid.Parse("01900000-0000-7000-8000-000000000001"),
        PassportVersionId: Guid.Parse("01900000-0000-7000-8000-00000000000A"),
        PassportId: Guid.Parse("01900000-0000-7000-8000-000000000003"),
        BatteryProductId: Guid.Parse("01900000-0000-7000-8000-000000000004"),
        Sku: "SKU-İ1",
        Category: "EV",
        SerialNumber: "SN-0001",
        SnapshotId: Guid.Parse("01900000-0000-7000-8000-000000000005"),
        SnapshotHash: new('5', 64),
        SnapshotSecret: [.. Enumerable.Range(0, 32).Select(i => (byte)i)],
        Facts: [],
        RulePackageVersionId: Guid.Parse("01900000-0000-7000-8000-000000000006"),
        DslSha256: new('6', 64),
        TestsSha256: new('7', 64),
        IssuedAt: new DateTime(2027, 2, 18, 9, 5, 7, DateTimeKind.Utc).AddTicks(1_234_560),
        CompilerBuildId: "build-1",
        Limits: new());

    public static ReceiptSigner Signer(byte seed = 1) =>
        ReceiptSigner.Load("dev-key-1", Convert.ToBase64String(Enumerable.Repeat(seed, 32).ToArray()));

    public static RuleResult Result(string capacity = "75.500")
    {
        using var proof = new ProofBuilder();
        var key = proof.Const((JsonValue)"battery:SKU-İ1");
        var fact = proof.FactGet("Battery", "battery:SKU-İ1", new('8', 64), key);
        var capacityNode = proof.Op("member", (JsonValue)capacity, [fact], path: "rated_capacity_kwh", unit: "kWh");
        var hazardList = JsonValue.Array("H\u00e9", "\"quoted\" \\ \u20ac \ud83d\udd0b");
        var hazards = proof.Const(hazardList);
        var placeRecord = JsonValue.Object(("country", "FR"), ("cells", 192), ("audited", true));
        var place = proof.Const(placeRecord);
        var report = proof.Assert("E004", (JsonValue)"urn:report:1", [proof.Const((JsonValue)"urn:report:1")]);
        var reference = proof.FieldRef("battery.capacity_kwh", capacityNode);
        var pass = proof.ComplianceEmit("capacity_positive", "PASS", [reference]);
        var missing = proof.ComplianceEmit("carbon.intensity", "MISSING", [key]);
        return new(
            [
                new("battery.capacity_kwh", SectionNames.Public, capacity),
                new("battery.hazards", SectionNames.Restricted, hazardList),
                new("battery.made.place", SectionNames.Public, placeRecord),
                new("report", SectionNames.Authorities, "urn:report:1"),
            ],
            [
                new("carbon.intensity", "MISSING", "2023/1542 Art. 7", SectionNames.Public),
                new("capacity_positive", "PASS", null, SectionNames.Public),
            ],
            proof.Build(
                new Dictionary<string, int>
                {
                    ["battery.capacity_kwh"] = capacityNode,
                    ["battery.hazards"] = hazards,
                    ["battery.made.place"] = place,
                    ["report"] = report,
                },
                new Dictionary<string, int> { ["capacity_positive"] = pass, ["carbon.intensity"] = missing }));
    }

    public static CompiledPassport Compiled(string capacity = "75.500") =>
        PassportCompiler.Assemble(Result(capacity), Input);

    public static SignedPassport Sign(CompiledPassport compiled, byte seed = 1)
    {
        using var signer = Signer(seed);
        var text = QrCode.Payload(
            Input.PassportVersionId, compiled.PayloadHash, compiled.ProofRootHash, compiled.ReceiptHash);
        return new(
            Input.PassportVersionId, compiled.Payload, compiled.Sections, compiled.Proof, compiled.Receipt,
            compiled.ReceiptHash, signer.Sign(SignableReceipt.Of(compiled.Receipt)), text, QrCode.Png(text));
    }

    public static string PublicPem(byte[] key) =>
        $"-----BEGIN PUBLIC KEY-----\n{Convert.ToBase64String(Spki(key))}\n-----END PUBLIC KEY-----\n";

    /// <summary>SubjectPublicKeyInfo (RFC 8410 §4) in DER.</summary>
    public static byte[] Spki(byte[] key) => [.. Convert.FromHexString("302A300506032B6570032100"), .. key];

    public static byte[] ViewBytes(params IReadOnlyList<string> sections) => ViewBytes(Sign(Compiled()), sections);

    public static byte[] ViewBytes(SignedPassport passport, IReadOnlyList<string> sections) => View.Write(
        "public", sections.ToDictionary(name => name, name => passport.Sections[name]), passport.Payload,
        passport.Receipt, passport.ReceiptHash, passport.Signature);

    public static byte[] BundleBytes(byte seed = 1) => Bundle.Write(Sign(Compiled(), seed));
}
