using System.Text;
using Bpc.Core.Canonical;
using Bpc.GrainInterfaces.Documents;
using Bpc.GrainInterfaces.Passports;
using Bpc.GrainInterfaces.Snapshots;

namespace Bpc.Tests.Slices;

/// <summary>The smallest things a passport can be made of.</summary>
internal static class Samples
{
    public const string Sku = "SKU-123";

    public const string Rules = """
        package eu.battery.test version "1" language "BPC-RULES-1";

        facts Battery { rated_capacity_kwh : Opt(Dec(3)) }

        field battery.capacity_kwh : Qty(kWh, 3) access public cites "2023/1542 XIII 1(h)" =
          let b   = require(fact("Battery", "battery:" + product.sku), "E001", "no Battery fact for this product");
          let cap = require(b.rated_capacity_kwh, "E002", "rated_capacity_kwh is missing");
          qty(cap, kWh);
        """;

    public static byte[] Facts(string capacity = "75.5", string sku = Sku) => Encoding.UTF8.GetBytes(
        $$$"""
        {"facts": [{
          "fact_type": "Battery", "fact_key": "battery:{{{sku}}}", "payload": {"rated_capacity_kwh": "{{{capacity}}}"}
        }]}
        """);

    public static async Task<DocumentVersionCreated> UploadAsync(
        this TestSilo silo, byte[]? content = null, string kind = "OTHER")
    {
        var document = silo.Grains.GetGrain<IDocumentGrain>(Guid.CreateVersion7());
        await document.CreateAsync(silo.Call(), kind, null);
        return await document.AddVersionAsync(silo.Call(), "application/json", content ?? Facts());
    }

    /// <summary>The ids of the facts of an uploaded and parsed document.</summary>
    public static async Task<Guid[]> FactsAsync(this TestSilo silo, byte[]? content = null)
    {
        var version = await silo.UploadAsync(content);
        await silo.EndAsync(version.JobId);
        return (await silo.Database.ScalarAsync<Guid[]>(
            "SELECT coalesce(array_agg(fact_id), '{}') FROM facts WHERE document_version_id = $1",
            version.DocumentVersionId))!;
    }

    public static async Task<Guid> SnapshotAsync(this TestSilo silo, bool seal = true, byte[]? content = null)
    {
        var id = Guid.CreateVersion7();
        var snapshot = silo.Grains.GetGrain<ISnapshotGrain>(id);
        await snapshot.CreateAsync(silo.Call(), "test");
        await snapshot.AddItemsAsync(silo.Call(), await silo.FactsAsync(content));
        if (seal)
        {
            await snapshot.SealAsync(silo.Call(), TestContext.Current.CancellationToken);
        }

        return id;
    }

    /// <summary>A rule package version put straight into the table, past the 500 cases that publishing wants.</summary>
    public static async Task<Guid> RulesAsync(
        this TestSilo silo, string status = "PUBLISHED", string dsl = Rules, string tests = "")
    {
        var (package, version) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await silo.Database.ExecuteAsync(
            "INSERT INTO rule_packages (rule_package_id, tenant_id, name) VALUES ($1, $2, $3)", package, silo.Tenant,
            $"rules {package}");
        await silo.Database.ExecuteAsync(
            """
            INSERT INTO rule_package_versions (rule_package_version_id, tenant_id, rule_package_id, version, language,
                dsl_source, tests_source, dsl_sha256, tests_sha256, status)
            VALUES ($1, $2, $3, 1, 'BPC-RULES-1', $4, $5, $6, $7, $8)
            """,
            version, silo.Tenant, package, dsl, tests, Sha256(dsl), Sha256(tests), status);
        return version;
    }

    public static async Task<Guid> PassportAsync(this TestSilo silo, string sku = Sku)
    {
        var (product, passport) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await silo.Grains.GetGrain<IBatteryProductGrain>(product)
            .CreateAsync(silo.Call(), sku, "Traction battery", "EV");
        await silo.Grains.GetGrain<IPassportGrain>(passport).CreateAsync(silo.Call(), product, "SN-0001");
        return passport;
    }

    /// <summary>A version of the passport that is SIGNED and has its QR code.</summary>
    public static async Task<Guid> VersionAsync(this TestSilo silo, Guid passport, Guid snapshot, Guid rules)
    {
        var job = await silo.Grains.GetGrain<IPassportGrain>(passport).CompileAsync(silo.Call(), snapshot, rules);
        await silo.EndAsync(job.JobId);
        await silo.IdleAsync();
        return await silo.Database.ScalarAsync<Guid>(
            "SELECT passport_version_id FROM passport_versions WHERE compile_job_id = $1", job.JobId);
    }

    private static string Sha256(string text) => CanonicalJson.HashHex(Encoding.UTF8.GetBytes(text));
}
