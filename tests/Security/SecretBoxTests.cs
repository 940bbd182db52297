using System.Security.Cryptography;
using Bpc.Grains.Storage;

namespace Bpc.Tests.Security;

public sealed class SecretBoxTests : IDisposable
{
    private readonly SecretBox _box = new(RandomNumberGenerator.GetBytes(32), "test/1");

    public void Dispose() => _box.Dispose();

    [Fact]
    public void Many_callers_at_once_each_read_what_they_stored()
    {
        Parallel.For(0, 20_000, n =>
        {
            var id = Guid.CreateVersion7();
            Assert.Equal($"secret {n}", _box.Decrypt(id, _box.Encrypt(id, $"secret {n}")));
        });
    }

    [Fact]
    public void A_secret_moved_to_another_row_does_not_open()
    {
        var stored = _box.Encrypt(Guid.CreateVersion7(), "secret");

        Assert.Throws<AuthenticationTagMismatchException>(() => _box.Decrypt(Guid.CreateVersion7(), stored));
    }
}
