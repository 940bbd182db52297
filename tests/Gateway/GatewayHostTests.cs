using Bpc.Core;
using Bpc.Core.Settings;
using Bpc.Gateway;

namespace Bpc.Tests.Gateway;

public sealed class GatewayHostTests
{
    [Fact]
    public void A_gateway_without_a_database_names_the_variable_before_it_starts()
    {
        var error = Assert.Throws<BpcException>(() => { GatewayHost.Build([], new BpcSettings()); });

        Assert.Equal(BpcError.ConfigMissing, error.Code);
        Assert.Equal("BPC_DB_HOST", Assert.Single(error.Violations).Where);
    }
}
