using System.Security.Cryptography;
using Bpc.Core;
using Bpc.Core.Settings;
using Bpc.Grains.Passports;
using Bpc.Tests.Database;
using Bpc.Tests.Jobs;
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
    public async Task A_key_an_older_build_let_in_under_two_ids_goes_on_under_either()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await EnsureAsync(database, s_seed);
        await database.TamperAsync("INSERT INTO signing_keys SELECT 'twin', public_key FROM signing_keys");

        await EnsureAsync(database, s_seed);
        await EnsureAsync(database, s_seed, "twin");
        var error = await Assert.ThrowsAsync<BpcException>(() => EnsureAsync(database, s_seed, "third"));

        Assert.Equal(BpcError.ConfigMissing, error.Code);
        Assert.Equal(2L, await database.ScalarAsync<long>("SELECT count(*) FROM signing_keys"));
    }

    [Fact]
    public async Task Of_two_that_register_one_key_under_two_ids_at_a_time_the_second_is_refused()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var ct = TestContext.Current.CancellationToken;
        const string register = "INSERT INTO signing_keys (signing_key_id, public_key) VALUES ($1, sha256('key'))";
        await using var connection = await database.DataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using (var first = new NpgsqlCommand(register, connection) { Parameters = { new() { Value = "first" } } })
        {
            await first.ExecuteNonQueryAsync(ct);
        }

        var second = database.ExecuteAsync(register, "second");
        await JobRows.UntilAsync(
            () => database.ScalarAsync<bool>(
                """
                SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
                                  AND query LIKE 'INSERT INTO signing_keys%' AND wait_event_type = 'Lock')
                """),
            "the second waits for the first");
        await transaction.CommitAsync(ct);

        var refused = await Assert.ThrowsAsync<PostgresException>(() => second);
        Assert.Equal(PostgresErrorCodes.UniqueViolation, refused.SqlState);
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
