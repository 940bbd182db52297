using System.Net;
using System.Threading.RateLimiting;
using Bpc.Core.Settings;

namespace Bpc.Gateway.RateLimits;

/// <summary>
/// One bucket per address, asked before authentication, so that guessing keys is limited too. An address shares its
/// bucket with the few that fall into the same slot of this process's own random hash: however many addresses send,
/// memory does not grow, and nobody can choose whose bucket they empty.
/// </summary>
internal sealed class AddressBudgets : IDisposable
{
    /// <summary>Several keys may work behind one address.</summary>
    public const int KeysAnAddress = 4;

    private const int Slots = 8192;
    private const int BytesOfNetwork = 8; // an IPv6 customer has a /64

    private readonly PartitionedRateLimiter<int> _buckets;

    public AddressBudgets(HttpSettings settings)
    {
        var (perSecond, burst) = (settings.RateLimitRps * KeysAnAddress, settings.RateLimitBurst * KeysAnAddress);
        var tokens = Math.Max(1, perSecond / 10);
        _buckets = PartitionedRateLimiter.Create<int, int>(slot => RateLimitPartition.GetTokenBucketLimiter(
            slot, _ => new()
            {
                TokenLimit = burst,
                TokensPerPeriod = tokens,
                ReplenishmentPeriod = TimeSpan.FromSeconds((double)tokens / perSecond),
            }));
    }

    public RateDecision Spend(IPAddress? address)
    {
        var slot = Slot(address ?? IPAddress.None);
        using var lease = _buckets.AttemptAcquire(slot);
        lease.TryGetMetadata(MetadataName.RetryAfter, out var after);
        return new(lease.IsAcquired, (int)(_buckets.GetStatistics(slot)?.CurrentAvailablePermits ?? 0), after);
    }

    public void Dispose() => _buckets.Dispose();

    private static int Slot(IPAddress address)
    {
        var bytes = (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes().AsSpan();
        var hash = default(HashCode); // seeded anew in each process
        hash.AddBytes(bytes.Length > BytesOfNetwork ? bytes[..BytesOfNetwork] : bytes);
        return (int)(unchecked((uint)hash.ToHashCode()) % Slots);
    }
}
