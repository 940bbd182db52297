using System.Text.Json.Nodes;

namespace Bpc.Cli.Demo;

/// <summary>From facts and rules to an ACTIVE passport version, by the quickstart's calls.</summary>
internal sealed class Compilation(Api api, Narrator narrator)
{
    public Task<string> SealSnapshotAsync(
        IReadOnlyList<FoundFact> facts, CancellationToken ct) => IdOf(narrator.StepAsync(
        "A snapshot of the facts is sealed",
        async () =>
        {
            var snapshot = await api.PostAsync("v1/snapshots", new { Label = "bpc demo" }, ct);
            var path = $"v1/snapshots/{snapshot["snapshot_id"]}";
            await api.PostAsync($"{path}/items", new { FactIds = facts.Select(f => f.FactId) }, ct);
            return await api.PostAsync($"{path}/seal", null, ct);
        },
        s => [$"snapshot_id {s["snapshot_id"]}, {facts.Count} facts", $"snapshot_hash {s["snapshot_hash"]}"]),
        "snapshot_id");

    public async Task<string> CreatePassportAsync(Battery battery, CancellationToken ct)
    {
        var product = await IdOf(narrator.StepAsync(
            $"Battery product {battery.Sku}",
            () => api.PostAsync("v1/battery-products", new { battery.Sku, battery.Name, battery.Category }, ct),
            p => [$"battery_product_id {p["battery_product_id"]}: {battery.Name}, {battery.Category}"]),
            "battery_product_id");
        return await IdOf(narrator.StepAsync(
            $"Passport of battery {battery.SerialNumber}",
            () => api.PostAsync("v1/passports", new { BatteryProductId = product, battery.SerialNumber }, ct),
            p => [$"passport_id {p["passport_id"]}, the first of {battery.SerialNumbers} serial numbers"]),
            "passport_id");
    }

    /// <summary>Compiles; the jobs for signature and QR code follow by themselves. The id of the version.</summary>
    public async Task<string> CompileAsync(string passportId, string snapshotId, string rulesId, CancellationToken ct)
    {
        var job = await narrator.StepAsync(
            "COMPILE_PASSPORT: payload, four sections, proof and receipt",
            async () =>
            {
                var inputs = new { SnapshotId = snapshotId, RulePackageVersionId = rulesId };
                var queued = await api.PostAsync($"v1/passports/{passportId}/compile", inputs, ct);
                return await api.JobAsync((string)queued["job_id"]!, ct);
            },
            j =>
            [
                $"job {j["job_id"]} on {j["lease_owner"]}",
                $"passport_version_id {j["result"]?["passport_version_id"]}",
            ]);

        var id = (string)job["result"]!["passport_version_id"]!;
        await narrator.StepAsync(
            "SIGN_PASSPORT: Ed25519 over the receipt's hash",
            () => FollowAsync("SIGN_PASSPORT", id, ct),
            v =>
            [
                $"payload_hash    {v["payload_hash"]}",
                $"proof_root_hash {v["proof_root_hash"]}",
                $"receipt_hash    {v["receipt_hash"]}",
                $"signed with {v["signing_key_id"]}, build {v["compiler_build_id"]}",
            ]);
        await narrator.StepAsync(
            "GENERATE_QR: the verification code",
            () => FollowAsync("GENERATE_QR", id, ct),
            v => [(string)v["qr_payload"]!]);
        return id;
    }

    public Task<JsonNode> ActivateAsync(string versionId, CancellationToken ct) => narrator.StepAsync(
        "The version is activated",
        () => api.PostAsync($"v1/passport-versions/{versionId}/activate", null, ct),
        v => [$"status {v["status"]}"]);

    /// <summary>Waits for the tenant's only job of that type, then reads the version.</summary>
    private async Task<JsonNode> FollowAsync(string type, string versionId, CancellationToken ct)
    {
        var list = await api.WaitAsync($"v1/jobs?type={type}", l => l["items"]!.AsArray().Count > 0, ct);
        await api.JobAsync((string)list["items"]![0]!["job_id"]!, ct);
        return await api.GetAsync($"v1/passport-versions/{versionId}", ct);
    }

    private static async Task<string> IdOf(Task<JsonNode> answer, string name) => (string)(await answer)[name]!;
}
