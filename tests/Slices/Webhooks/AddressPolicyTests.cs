using System.Net;
using Bpc.Core.Settings;
using Bpc.Grains.Webhooks;

namespace Bpc.Tests.Slices.Webhooks;

public sealed class AddressPolicyTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("100.100.100.200")] // a cloud's metadata service
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("168.63.129.16")] // a cloud's host agent
    [InlineData("169.254.169.254")] // metadata of most clouds
    [InlineData("172.31.255.255")]
    [InlineData("192.168.0.1")]
    [InlineData("198.18.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::127.0.0.1")]
    [InlineData("::ffff:127.0.0.1")] // mapped
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::7f00:1")] // translated
    [InlineData("2001::1")] // Teredo
    [InlineData("2001:db8::1")]
    [InlineData("2002:7f00:1::")] // 6to4 of 127.0.0.1
    [InlineData("fc00::1")]
    [InlineData("fd00:ec2::254")] // a cloud's metadata service
    [InlineData("fe80::1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    public void Addresses_that_are_not_public_hosts_are_forbidden(string address) =>
        Assert.False(Policy().Allows(IPAddress.Parse(address)));

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("93.184.216.34")]
    [InlineData("172.32.0.1")]
    [InlineData("223.255.255.254")]
    [InlineData("2606:4700:4700::1111")]
    public void Public_hosts_are_allowed(string address) => Assert.True(Policy().Allows(IPAddress.Parse(address)));

    [Fact]
    public void The_operator_opens_exactly_the_ranges_named()
    {
        var policy = Policy("10.20.0.0/16", "::1/128");

        Assert.True(policy.Allows(IPAddress.Parse("10.20.255.1")));
        Assert.True(policy.Allows(IPAddress.IPv6Loopback));
        Assert.False(policy.Allows(IPAddress.Parse("10.21.0.1")));
        Assert.False(policy.Allows(IPAddress.Parse("::ffff:10.20.255.1")));
    }

    private static AddressPolicy Policy(params string[] allowed) =>
        new(new BpcSettings { WebhookAllowCidrs = allowed });
}
