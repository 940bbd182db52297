using Bpc.Core;
using Bpc.Core.ApiKeys;
using Bpc.Grains.Tenants;
using Bpc.Tests.Database;

namespace Bpc.Tests.Slices.Tenants;

[Trait("Category", "Integration")]
public sealed class TenantAdministrationTests(PostgresServer postgres)
{
    private static readonly byte[] s_pepper = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    [Fact]
    public async Task A_tenant_comes_with_an_admin_key_of_which_only_the_hash_is_stored()
    {
        await using var database = await postgres.CreateDatabaseAsync();

        var made = await CreateAsync(database, "acme-batteries");

        var key = ApiKey.Parse(made.ApiKey)!;
        Assert.Equal(
            key.Hash(s_pepper),
            await database.ScalarAsync<byte[]>(
                "SELECT key_hash FROM api_keys WHERE prefix = $1 AND tenant_id = $2 AND role = 'Admin'", key.Prefix,
                made.TenantId));
        Assert.Equal("acme-batteries", await database.ScalarAsync<string>("SELECT slug FROM tenants"));
        Assert.Equal(
            2L, await database.ScalarAsync<long>("SELECT count(*) FROM events WHERE tenant_id = $1", made.TenantId));
        Assert.DoesNotContain(key.Text, $"{made}");
    }

    [Fact]
    public async Task A_slug_is_given_once()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var first = await CreateAsync(database, "acme");

        var error = await Assert.ThrowsAsync<BpcException>(() => CreateAsync(database, "acme"));

        Assert.Equal(BpcError.InvalidState, error.Code);
        Assert.Contains(first.TenantId.ToString(), error.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Acme")]
    [InlineData("-acme")]
    [InlineData("acme\n")]
    public async Task What_is_no_slug_is_refused_before_the_database_is_asked(string slug)
    {
        await using var database = await postgres.CreateDatabaseAsync();

        var error = await Assert.ThrowsAsync<BpcException>(() => CreateAsync(database, slug));

        Assert.Equal((BpcError.Validation, "/slug"), (error.Code, error.Violations.Single().Where));
    }

    private static Task<NewTenant> CreateAsync(TestDatabase database, string slug) =>
        TenantAdministration.CreateAsync(
            database.DataSource, s_pepper, slug, "dev", TestContext.Current.CancellationToken);
}
