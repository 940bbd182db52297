using System.Security.Cryptography;
using Bpc.Core;
using Bpc.Core.Settings;
using Bpc.Grains.Passports;
using Bpc.Tests.Database;
using Npgsql;

namespace Bpc.Tests.Slices.Passports;

[Trait("Category", "Integration")]
public sealed class SigningKeysTests(PostgresServer postgres)
{
    private static readonly string s_seed = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    [Fact]
    public async Task A_key_id_that_comes_back_with_its_own_key_is_welcome()
    {
        await using var database = await postgres.CreateDatabaseAsync();

        await EnsureAsync(database, s_seed);
        await EnsureAsync(database, s_seed);

        Assert.Equal(1L, await database.ScalarAsync<long>("SELECT count(*) FROM signing_keys"));
    }

    [Fact]
    public async Task A_key_id_that_comes_back_with_another_key_stops_the_process()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await EnsureAsync(database, s_seed);

        var error = await Assert.ThrowsAsync<BpcException>(
            () => EnsureAsync(database, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))));

        Assert.Equal(BpcError.ConfigMissing, error.Code);
        Assert.Equal("BPC_SIGNING_KEY_ID", error.Violations.Single().Where);
    }

    [Fact]
    public async Task A_key_that_comes_back_under_another_id_stops_the_process()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await EnsureAsync(database, s_seed);

        var error = await Assert.ThrowsAsync<BpcException>(() => EnsureAsync(database, s_seed, "rotated"));

        Assert.Equal(BpcError.ConfigMissing, error.Code);
        Assert.Contains("already", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silo_with_another_key_under_a_known_id_does_not_start()
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => TestSilo.StartAsync(postgres, s =>
        {
            Register(s.Database, s.Signing.KeyId, new byte[32]);
            return s;
        }));

        Assert.Contains("registered with another public key", error.ToString());
    }

    [Fact]
    public async Task Without_a_key_there_is_nothing_to_register_and_nothing_to_sign_with()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        using var keys = new SigningKeys(new BpcSettings(), database.DataSource);
        var ct = TestContext.Current.CancellationToken;

        await keys.EnsureAsync(ct);
        var error = await Assert.ThrowsAsync<BpcException>(() => keys.SignerAsync(ct));

        Assert.Equal(BpcError.SigningKeyMissing, error.Code);
        Assert.Equal(0L, await database.ScalarAsync<long>("SELECT count(*) FROM signing_keys"));
    }

    private static void Register(DatabaseSettings database, string keyId, byte[] publicKey)
    {
        using var source = NpgsqlDataSource.Create(database.ToConnectionString());
        using var command = source.CreateCommand(
            "INSERT INTO signing_keys (signing_key_id, public_key) VALUES ($1, $2)");
        command.Parameters.Add(new() { Value = keyId });
        command.Parameters.Add(new() { Value = publicKey });
        command.ExecuteNonQuery();
    }

    private static async Task EnsureAsync(TestDatabase database, string seed, string keyId = "bpc-key-1")
    {
        var settings = new BpcSettings { Signing = new(keyId, seed) };
        using var keys = new SigningKeys(settings, database.DataSource);
        await keys.EnsureAsync(TestContext.Current.CancellationToken);
    }
}
