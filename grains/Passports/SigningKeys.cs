using Bpc.Core;
using Bpc.Core.Passports.Signing;
using Bpc.Core.Settings;
using Dapper;
using Npgsql;

namespace Bpc.Grains.Passports;

/// <summary>
/// This silo's signing key, if it has one, and the register that keeps a key id with one public key for ever.
/// </summary>
public sealed class SigningKeys(BpcSettings settings, NpgsqlDataSource database) : IDisposable
{
    private readonly ReceiptSigner? _signer = settings.Signing.PrivateKeyBase64 is { } key
        ? ReceiptSigner.Load(settings.Signing.KeyId, key) : null;

    private volatile bool _registered;

    /// <summary>
    /// Registers the key's id. CONFIG_MISSING where that id is known with another public key (signatures made under it
    /// would be taken for the other key's) or the key with another id alone (a rotation that is none).
    /// </summary>
    public async Task EnsureAsync(CancellationToken ct)
    {
        const string insert = """
            INSERT INTO signing_keys (signing_key_id, public_key) VALUES (@KeyId, @PublicKey)
            ON CONFLICT DO NOTHING
            """;
        const string read = """
            SELECT signing_key_id, public_key FROM signing_keys WHERE signing_key_id = @KeyId OR public_key = @PublicKey
            """;
        if (_signer is null || _registered)
        {
            return;
        }

        var key = new { _signer.KeyId, _signer.PublicKey };
        await using var connection = await database.OpenConnectionAsync(ct);
        try
        {
            await connection.ExecuteAsync(new(insert, key, cancellationToken: ct));
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            // sql/092_identity.sql knows the key under another id; which is read below.
        }

        var registered = (await connection.QueryAsync<(string Id, byte[] PublicKey)>(
            new(read, key, cancellationToken: ct))).AsList();
        // Its own id first: builds before 092 let one key in under two.
        if (Problem(registered.OrderBy(other => other.Id != _signer.KeyId).First()) is { } problem)
        {
            throw new BpcException(BpcError.ConfigMissing, problem, [new("BPC_SIGNING_KEY_ID", problem)]);
        }

        _registered = true;
    }

    private string? Problem((string Id, byte[] PublicKey) registered) =>
        (registered.Id == _signer!.KeyId, registered.PublicKey.AsSpan().SequenceEqual(_signer.PublicKey)) switch
        {
            (true, false) =>
                $"'{registered.Id}' is registered with another public key; give the new key an id of its own",
            (false, _) => $"this key is registered as '{registered.Id}' already; use that id, or make a new key",
            _ => null,
        };

    /// <summary>The signer, its id registered. SIGNING_KEY_MISSING where no key is configured.</summary>
    public async Task<ReceiptSigner> SignerAsync(CancellationToken ct)
    {
        await EnsureAsync(ct);
        return _signer ?? throw new BpcException(
            BpcError.SigningKeyMissing,
            "this silo has no signing key; set BPC_SIGNING_ED25519_PRIVATE_KEY_BASE64 or BPC_SIGNING_KEY_FILE");
    }

    public void Dispose() => _signer?.Dispose();
}
