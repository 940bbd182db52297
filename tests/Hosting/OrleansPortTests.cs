using System.Net;
using System.Net.NetworkInformation;
using Bpc.Tests.Database;
using Bpc.Tests.Jobs;

namespace Bpc.Tests.Hosting;

/// <summary>Orleans' ports know no keys: whoever reaches them is part of the cluster.</summary>
[Trait("Category", "Integration")]
public sealed class OrleansPortTests(PostgresServer postgres)
{
    [Fact]
    public async Task A_silo_listens_on_loopback_alone_where_nobody_says_otherwise()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var worker = WorkerProcess.Start(Variables(database));
        await worker.UntilLineAsync("Listening: http");

        var ports = new List<int>();
        foreach (var column in (string[])["port", "gateway_port"])
        {
            ports.Add(await database.ScalarAsync<int>($"SELECT {column} FROM orleans_members"));
        }

        var address = worker.Lines.First(line => line.Contains("Listening: http")).Split("Listening: ")[1].Split(' ')[0];
        ports.Add(new Uri(address).Port);
        var listening = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners();
        foreach (var port in ports)
        {
            var addresses = listening.Where(l => l.Port == port).Select(l => l.Address).ToList();
            Assert.NotEmpty(addresses);
            Assert.All(addresses, address => Assert.True(IPAddress.IsLoopback(address), $"{address}:{port}"));
        }
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0")]
    public async Task A_silo_that_would_listen_everywhere_does_not_start(string host)
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var worker = WorkerProcess.Start([.. Variables(database), new("BPC_SILO_HOST", host)]);

        Assert.Equal(78, await worker.ExitAsync());
        Assert.Contains(worker.Lines, line => line.StartsWith("BPC_SILO_HOST", StringComparison.Ordinal));
    }

    private static Dictionary<string, string> Variables(TestDatabase database) => new(database.Variables)
    {
        ["BPC_WORKER_ID"] = "worker-1",
        ["BPC_COMPILER_BUILD_ID"] = "test",
        ["BPC_CLUSTER_ID"] = database.Settings.Name,
    };
}
