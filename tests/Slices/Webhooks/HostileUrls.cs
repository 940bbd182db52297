using System.Net;
using System.Net.NetworkInformation;

namespace Bpc.Tests.Slices.Webhooks;

/// <summary>Ways to write an address of this machine so that a check may take it for something else.</summary>
internal static class HostileUrls
{
    private static readonly string[] s_hosts =
    [
        // plain, short, decimal, octal, hexadecimal, mixed, padded, overflowing
        "127.0.0.1", "127.1", "127.0.1", "127.000.000.001", "0127.0.0.1", "2130706433", "02130706433", "017700000001",
        "0177.0.0.1", "0177.0.0.01", "00177.00.00.01", "0177.1", "0x7f.0.0.1", "0x7f.1", "0x7f000001", "0X7F000001",
        "0x7F.0x0.0x0.0x1", "0x0000007f.0.0.1", "127.0x0.0.01", "0x7f.0.1", "127.0.0.0x1", "127.0.0.01",
        "4429185025", "127.256.0.1", "383.0.0.1", "0.0.0.0", "0", "0x0", "00", "0.0", "0.0.0.0.",
        "127.0.0.1.", "127.0.0.2", "127.127.127.127", "127.255.255.254", "127.8.8.8", "127.0.0.53",
        // IPv6: loopback, mapped, compatible, translated, tunnelled, scoped, long and short forms
        "[::1]", "[0:0:0:0:0:0:0:1]", "[0000::0001]", "[::]", "[0::0]", "[::ffff:127.0.0.1]", "[::FFFF:7F00:1]",
        "[::ffff:7f00:0001]", "[0:0:0:0:0:ffff:127.0.0.1]", "[::ffff:0:127.0.0.1]", "[::127.0.0.1]", "[::7f00:1]",
        "[::ffff:0.0.0.0]", "[::ffff:127.1.2.3]", "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]",
        "[2002:7f00:1::]", "[2002:7f00:1::1]", "[2001:0:7f00:1::]", "[2001::7f00:1]", "[fe80::1]", "[fe80::1%25lo]",
        "[fe80::1%lo]", "[::1%25lo]", "[fec0::1]", "[fc00::1]", "[fd00::1]", "[fd00:ec2::254]", "[ff02::1]",
        "[ff01::1]", "[100::1]", "[::ffff:a9fe:a9fe]", "[2001:db8::1]", "[3fff::1]", "[::8000:0]",
        // names that every machine knows, in any writing
        "localhost", "LOCALHOST", "LocalHost", "localhost.", "localhost.localdomain", "ip6-localhost", "ip6-loopback",
        "a.localhost", "foo.bar.localhost", "localhost6", "ｌocalhost", "loc%61lhost", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
        // digits that are not ASCII, encoded dots and digits, soft hyphens
        "①②⑦.⓪.⓪.①", "１２７.０.０.１", "127。0。0。1", "127．0．0．1", "127｡0｡0｡1", "%31%32%37.0.0.1",
        "127%2e0%2e0%2e1", "127.0.0.1%00", "127.0.0.1%2eexample.com", "127.0.0.1%0d%0a", "127.0.0\u00ad.1",
        "०.०.०.०", "١٢٧.٠.٠.١", "[①::①]",
        // the networks nobody outside has business in
        "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "169.254.169.254", "169.254.170.2",
        "0xa9fea9fe", "2852039166", "0251.0376.0251.0376", "172.16.0.1", "172.31.255.254", "192.168.0.1",
        "192.168.1.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1",
        "239.255.255.255", "240.0.0.1", "255.255.255.255", "168.63.129.16",
    ];

    // Where a parser may find another host than the one that is dialled. {0} stands for host and port.
    private static readonly string[] s_disguises =
    [
        "http://example.com@{0}/", "http://example.com:80@{0}/", "http://{0}#@example.com/", "http://{0}?@example.com/",
        @"http://example.com\@{0}/", @"http:\\{0}\", "http:///{0}/", "http:{0}", "http://\t{0}/", "http://\n{0}/",
        "http:// {0}/", "hTTp://{0}/", "http://{0}\u0000.example.com/", "http://user:pass@{0}/", "//{0}/",
        "http://example.com%40{0}/", "http://example.com%2f@{0}/", "http://example.com;@{0}/",
        "http://{0};example.com/",
        "http://example.com\r\nHost: {0}/", "jar:http://{0}!/", "http://[{0}]/", "http://{0}:80/", "http://.{0}/",
    ];

    private static readonly string[] s_schemes =
    [
        "ftp", "file", "gopher", "ws", "wss", "ldap", "dict", "tftp", "unix", "net.tcp", "about", "data", "javascript",
    ];

    /// <summary>All of them, to a port that listens on every address of this machine.</summary>
    public static IReadOnlyList<string> To(int port) =>
    [
        .. s_hosts.Select(host => $"http://{host}:{port}/hook"),
        .. s_hosts.Select(host => $"https://{host}:{port}/hook"),
        .. s_disguises.Select(form => string.Format(null, form, $"127.0.0.1:{port}")),
        .. s_disguises.Take(6).Select(form => string.Format(null, form, $"[::1]:{port}")),
        .. s_schemes.Select(scheme => $"{scheme}://127.0.0.1:{port}/hook"),
        .. OwnAddresses().Select(address => $"http://{address}:{port}/hook"),
    ];

    private static IEnumerable<string> OwnAddresses() => NetworkInterface.GetAllNetworkInterfaces()
        .SelectMany(network => network.GetIPProperties().UnicastAddresses)
        .Select(own => own.Address)
        .Where(own => !own.ToString().StartsWith("127.", StringComparison.Ordinal) && !IsPublic(own))
        .SelectMany(own => own.ToString().Contains(':', StringComparison.Ordinal)
            ? [$"[{own.ToString().Split('%')[0]}]"] : new[] { $"{own}", $"[::ffff:{own}]" });

    // A machine with an address of its own on the internet may send webhooks to itself there.
    private static bool IsPublic(IPAddress own) => !own.IsIPv6LinkLocal && own.GetAddressBytes() is
        not [10, ..] and not [172, >= 16 and <= 31, ..] and not [192, 168, ..] and not [169, 254, ..]
        and not [100, >= 64 and <= 127, ..] and not [198, 18 or 19, ..] and not [0xfc or 0xfd, ..] and not [0, ..];
}
