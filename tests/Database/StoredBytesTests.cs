namespace Bpc.Tests.Database;

/// <summary>How long values are kept, and what finds them before the database has statistics.</summary>
[Trait("Category", "Integration")]
public sealed class StoredBytesTests(PostgresServer postgres)
{
    [Fact]
    public async Task Artefacts_are_compressed_with_lz4_where_the_server_has_it_and_pictures_not_again()
    {
        await using var database = await postgres.CreateDatabaseAsync();

        var kept = await database.ScalarAsync<string>(
            """
            SELECT string_agg(concat(attname, ' ', attcompression, attstorage), ', ' ORDER BY attname)
              FROM pg_attribute
             WHERE attrelid = 'passport_versions'::regclass AND attname IN ('payload', 'proof', 'qr_png')
            """);

        var hasLz4 = await database.ScalarAsync<bool>(
            "SELECT 'lz4' = ANY (enumvals) FROM pg_settings WHERE name = 'default_toast_compression'");
        var method = hasLz4 ? "l" : "";
        Assert.Equal($"payload {method}x, proof {method}x, qr_png e", kept);
    }

    [Theory]
    [InlineData("passport_version_id", "passport_versions_tenant_id_passport_version_id_key")]
    [InlineData("compile_job_id", "passport_versions_compile_job_id_tenant_id_key")]
    public async Task A_young_database_finds_a_version_by_the_index_made_for_it(string column, string index)
    {
        await using var database = await postgres.CreateDatabaseAsync();

        var plan = await database.ScalarAsync<string>(
            $"""
            EXPLAIN SELECT payload FROM passport_versions
             WHERE tenant_id = '00000000-0000-0000-0000-000000000001'
               AND {column} = '00000000-0000-0000-0000-000000000002'
            """);

        Assert.Contains($"Index Scan using {index} ", plan, StringComparison.Ordinal);
    }
}
