using Bpc.Core.Settings;
using Bpc.Grains.Storage;

namespace Bpc.Grains.Webhooks;

/// <summary>Endpoint secrets at rest, each bound to its endpoint's id.</summary>
internal sealed class WebhookSecrets(BpcSettings settings) : IDisposable
{
    private readonly SecretBox _box = new(settings.ApiKeyPepper, "bpc/webhook-secret/1");

    public byte[] Encrypt(Guid endpointId, string secret) => _box.Encrypt(endpointId, secret);

    /// <summary>AuthenticationTagMismatchException where the row was changed, or the pepper is another one.</summary>
    public string Decrypt(Guid endpointId, byte[] stored) => _box.Decrypt(endpointId, stored);

    public void Dispose() => _box.Dispose();
}
