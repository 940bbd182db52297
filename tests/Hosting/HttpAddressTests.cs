using Bpc.Hosting;

namespace Bpc.Tests.Hosting;

public sealed class HttpAddressTests
{
    [Theory]
    [InlineData("127.0.0.1", "http://127.0.0.1:8080", "http://127.0.0.1:8080/")]
    [InlineData("localhost", "http://localhost:8080", "http://localhost:8080/")]
    [InlineData("192.0.2.7", "http://192.0.2.7:8080", "http://192.0.2.7:8080/")]
    [InlineData("0.0.0.0", "http://0.0.0.0:8080", "http://127.0.0.1:8080/")]
    [InlineData("::1", "http://[::1]:8080", "http://[::1]:8080/")]
    [InlineData("[::1]", "http://[::1]:8080", "http://[::1]:8080/")]
    [InlineData("::", "http://[::]:8080", "http://[::1]:8080/")]
    public void A_server_is_called_where_it_listens_or_on_loopback_where_that_is_everywhere(
        string host, string listens, string called)
    {
        Assert.Equal(listens, HttpAddress.ToListen(host, 8080));
        Assert.Equal(called, $"{HttpAddress.OnThisMachine(host, 8080)}");
    }
}
