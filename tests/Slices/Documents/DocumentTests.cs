using System.Text;
using Bpc.Core;
using Bpc.GrainInterfaces.Documents;
using Bpc.Tests.Database;

namespace Bpc.Tests.Slices.Documents;

[Trait("Category", "Integration")]
public sealed class DocumentTests(PostgresServer postgres)
{
    [Fact]
    public async Task An_uploaded_document_becomes_facts_and_is_validated()
    {
        await using var silo = await TestSilo.StartAsync(postgres);

        var version = await silo.UploadAsync();
        var job = await silo.EndAsync(version.JobId);

        Assert.Equal("UPLOADED", version.Status);
        Assert.Equal(("SUCCEEDED", """{"facts": 1}"""), (job.Status, job.Result));
        Assert.Equal("VALIDATED", await StatusAsync(silo, version.DocumentVersionId));
        Assert.Equal(1, await silo.CountAsync("facts WHERE fact_type = 'Battery' AND fact_key = 'battery:SKU-123'"));
        await silo.HappenedOnceAsync(
            "document.created", "document_version.uploaded", "document_version.validated");
    }

    [Fact]
    public async Task A_wrong_document_is_rejected_with_every_violation()
    {
        await using var silo = await TestSilo.StartAsync(postgres);

        var version = await silo.UploadAsync(
            """{"battery": {"sku": "", "category": "BUS"}}"""u8.ToArray(), kind: "BOM");
        var job = await silo.EndAsync(version.JobId);

        Assert.Equal(("FAILED", "DOCUMENT_REJECTED"), (job.Status, job.ErrorCode));
        Assert.Equal("REJECTED", await StatusAsync(silo, version.DocumentVersionId));
        Assert.True(
            await silo.Database.ScalarAsync<int>("SELECT jsonb_array_length(violations) FROM document_versions") >= 2);
        Assert.Equal(0, await silo.CountAsync("facts"));
        Assert.Equal(1, await silo.EventsAsync("document_version.rejected"));
    }

    [Fact]
    public async Task Parsing_again_changes_nothing_and_gives_the_same_answer()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var (good, bad) = (await silo.UploadAsync(), await silo.UploadAsync("{}"u8.ToArray()));
        await silo.IdleAsync();

        var goodAgain = await silo.RunAgainAsync(good.JobId);
        var badAgain = await silo.RunAgainAsync(bad.JobId);

        Assert.Equal(("SUCCEEDED", """{"facts": 1}"""), (goodAgain.Status, goodAgain.Result));
        Assert.Equal(("FAILED", "DOCUMENT_REJECTED"), (badAgain.Status, badAgain.ErrorCode));
        Assert.Equal(1, await silo.CountAsync("facts"));
        Assert.Equal(1, await silo.EventsAsync("document_version.validated"));
        Assert.Equal(1, await silo.EventsAsync("document_version.rejected"));
    }

    [Fact]
    public async Task Parsing_what_is_not_there_has_nothing_to_do()
    {
        await using var silo = await TestSilo.StartAsync(postgres);

        var job = await silo.RunAsync("PARSE_FACTS", new { document_version_id = Guid.NewGuid() });

        Assert.Equal("SUCCEEDED", job.Status);
        Assert.Contains("does not exist", job.Result);
        Assert.StartsWith("{\"skipped\"", job.Result);
    }

    [Fact]
    public async Task Ingesting_checks_the_stored_bytes_and_hands_on_to_parsing()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var version = await StoreAsync(silo, Samples.Facts(), sha256: "sha256(content)");

        var job = await silo.RunAsync("INGEST_DOCUMENT", new { document_version_id = version });
        await silo.RunAgainAsync(job.JobId);
        await silo.IdleAsync();

        Assert.Equal($$"""{"bytes": {{Samples.Facts().Length}}}""", job.Result);
        Assert.Equal(1, await silo.CountAsync("jobs WHERE type = 'PARSE_FACTS' AND status = 'SUCCEEDED'"));
        Assert.Equal("VALIDATED", await StatusAsync(silo, version));
    }

    [Fact]
    public async Task Ingesting_bytes_that_are_not_the_hashed_ones_rejects_the_version()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var version = await StoreAsync(silo, Samples.Facts(), sha256: "sha256('something else')");

        var job = await silo.RunAsync("INGEST_DOCUMENT", new { document_version_id = version });

        Assert.Equal(("FAILED", "DOCUMENT_REJECTED"), (job.Status, job.ErrorCode));
        Assert.Equal("REJECTED", await StatusAsync(silo, version));
        Assert.Equal(0, await silo.CountAsync("jobs WHERE type = 'PARSE_FACTS'"));
    }

    [Fact]
    public async Task Ingesting_what_is_not_there_or_without_an_id_fails()
    {
        await using var silo = await TestSilo.StartAsync(postgres);

        var missing = await silo.RunAsync("INGEST_DOCUMENT", new { document_version_id = Guid.NewGuid() });
        var broken = await silo.RunAsync("INGEST_DOCUMENT", new { document_version_id = "seventeen" });

        Assert.Equal(("FAILED", "NOT_FOUND"), (missing.Status, missing.ErrorCode));
        Assert.Equal(("FAILED", "JOB_PAYLOAD_INVALID"), (broken.Status, broken.ErrorCode));
    }

    [Fact]
    public async Task What_is_wrong_with_an_upload_is_said_at_once()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var document = silo.Grains.GetGrain<IDocumentGrain>(Guid.CreateVersion7());

        var kind = await Assert.ThrowsAsync<BpcException>(
            () => document.CreateAsync(silo.Call(), "NOVEL", new string('x', 201)));
        await document.CreateAsync(silo.Call(), "BOM", "order 7");
        var mime = await Assert.ThrowsAsync<BpcException>(
            () => document.AddVersionAsync(silo.Call(), "text/plain", []));
        var large = await Assert.ThrowsAsync<BpcException>(
            () => document.AddVersionAsync(silo.Call(), "application/json", new byte[10 * 1024 * 1024 + 1]));

        Assert.Equal(BpcError.Validation, kind.Code);
        Assert.Equal(["/kind", "/external_ref"], kind.Violations.Select(v => v.Where));
        Assert.Equal(["/mime_type", "/content"], mime.Violations.Select(v => v.Where));
        Assert.Equal(BpcError.PayloadLimit, large.Code);
    }

    [Fact]
    public async Task Another_tenants_document_is_not_found()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var id = Guid.CreateVersion7();
        await silo.Grains.GetGrain<IDocumentGrain>(id).CreateAsync(silo.Call(), "BOM", null);
        var stranger = await silo.Database.CreateTenantAsync();

        var error = await Assert.ThrowsAsync<BpcException>(() => silo.Grains.GetGrain<IDocumentGrain>(id)
            .AddVersionAsync(silo.Call(tenant: stranger), "application/json", Encoding.UTF8.GetBytes("{}")));

        Assert.Equal(BpcError.NotFound, error.Code);
    }

    private static Task<string?> StatusAsync(TestSilo silo, Guid version) => silo.Database.ScalarAsync<string>(
        "SELECT status FROM document_versions WHERE document_version_id = $1", version);

    /// <summary>A version that came into the table by SQL.</summary>
    private static async Task<Guid> StoreAsync(TestSilo silo, byte[] content, string sha256)
    {
        var (document, version) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await silo.Database.ExecuteAsync(
            "INSERT INTO documents (document_id, tenant_id, kind) VALUES ($1, $2, 'OTHER')", document, silo.Tenant);
        await silo.Database.ExecuteAsync(
            $"""
            INSERT INTO document_versions (document_version_id, tenant_id, document_id, version, mime_type, content,
                                           sha256)
            SELECT $1, $2, $3, 1, 'application/json', content, encode({sha256}, 'hex')
            FROM (SELECT $4::bytea AS content) c
            """,
            version, silo.Tenant, document, content);
        return version;
    }
}
