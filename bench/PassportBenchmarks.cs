using BenchmarkDotNet.Attributes;
using Bpc.Core.Canonical;
using Bpc.Core.Passports.Qr;
using Bpc.Core.Passports.Signing;

namespace Bpc.Bench;

/// <summary>What one passport costs, step by step, on one core.</summary>
public class PassportBenchmarks
{
    private readonly ReceiptSigner _signer = ReceiptSigner.Load("bench", ReceiptSigner.NewPrivateKey());
    private readonly JsonValue _payload = LargePayload();
    private byte[] _payloadBytes = [];
    private SignableReceipt _receipt = null!;
    private ReceiptSignature _signature = null!;
    private string _qrText = "";
    private bool[][] _modules = [];

    [GlobalSetup]
    public void Prepare()
    {
        _payloadBytes = CanonicalJson.Write(_payload);
        _receipt = SignableReceipt.Of(CanonicalJson.Write(Receipt()));
        _signature = _signer.Sign(_receipt);
        _qrText = QrCode.Payload(Guid.CreateVersion7(), _receipt.Hash, _receipt.Hash, _receipt.Hash);
        _modules = QrCode.Modules(_qrText);
    }

    [GlobalCleanup]
    public void Dispose() => _signer.Dispose();

    [Benchmark(Description = "canonical bytes of a 12 kB payload")]
    public byte[] Write() => CanonicalJson.Write(_payload);

    [Benchmark(Description = "SHA-256 of a 12 kB payload")]
    public byte[] Hash() => CanonicalJson.Hash(_payloadBytes);

    [Benchmark(Description = "read a 12 kB payload")]
    public JsonValue Read() => CanonicalReader.Read(_payloadBytes);

    [Benchmark(Description = "sign a receipt hash, and verify it")]
    public ReceiptSignature Sign() => _signer.Sign(_receipt);

    [Benchmark(Description = "verify a signature")]
    public bool Verify() => ReceiptSigner.Verify(_receipt.Hash, _signature.Signature, _signature.PublicKey);

    [Benchmark(Description = "QR modules of the BPC1 text")]
    public bool[][] Modules() => QrCode.Modules(_qrText);

    [Benchmark(Description = "QR modules and PNG of the BPC1 text")]
    public byte[] Png() => QrCode.Png(_qrText);

    private static JsonValue.Record Receipt() => JsonValue.Object(
        ("issued_at tenant_id passport_version_id passport_id battery_product_id snapshot_id snapshot_hash "
            + "rule_package_version_id dsl_sha256 tests_sha256 compiler_build_id payload_hash proof_root_hash")
        .Split(' ')
        .Select(name => (name, (JsonValue)name))
        .Concat([("receipt_version", "BPC-RECEIPT-1"), ("signature_alg", "ED25519")]));

    /// <summary>About 12 kB: 200 values of a few words, in nested groups.</summary>
    private static JsonValue.Record LargePayload() =>
        JsonValue.Object(Enumerable.Range(0, 20).Select(group => ($"group_{group}",
        (JsonValue)JsonValue.Object(Enumerable.Range(0, 10).Select(field => (
            $"field_{group}_{field}", (JsonValue)$"{group * 1_000 + field}.500 kWh, as declared by the maker"))))));
}
