using System.Net;
using System.Net.Sockets;
using Bpc.Core.Settings;

namespace Bpc.Grains.Webhooks;

/// <summary>
/// Which addresses a webhook may be sent to: public ones, and what the operator opened with BPC_WEBHOOK_ALLOW_CIDRS.
/// </summary>
internal sealed class AddressPolicy(BpcSettings settings)
{
    // IANA's special-purpose registry, and 168.63.129.16, which is Azure's host agent behind a public-looking address.
    private static readonly IPNetwork[] s_forbidden = Networks(
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/3", "168.63.129.16/32", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20");

    // Of IPv6 only this is given to public hosts: loopback, translated, unique-local, link-local and multicast lie
    // outside.
    private static readonly IPNetwork s_globalUnicast = IPNetwork.Parse("2000::/3");

    private readonly IPNetwork[] _allowed = Networks([.. settings.WebhookAllowCidrs]);

    // A mapped address (::ffff:a.b.c.d) never: no name server has reason to answer one, and IPNetwork takes it for the
    // other family.
    public bool Allows(IPAddress address) => !address.IsIPv4MappedToIPv6
        && (_allowed.Any(n => n.Contains(address)) || (IsGlobal(address) && !IsForbidden(address)));

    private static bool IsForbidden(IPAddress address) => s_forbidden.Any(n => n.Contains(address));

    private static bool IsGlobal(IPAddress address) => address.AddressFamily switch
    {
        AddressFamily.InterNetwork => true,
        AddressFamily.InterNetworkV6 => s_globalUnicast.Contains(address),
        _ => false,
    };

    private static IPNetwork[] Networks(params string[] networks) => [.. networks.Select(n => IPNetwork.Parse(n))];
}
