using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Bpc.Core.Settings;
using Bpc.Grains.Jobs;
using Bpc.Grains.Jobs.Committing;
using Bpc.Grains.Jobs.Leasing;
using Bpc.Grains.Jobs.Measuring;
using Bpc.Grains.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Bpc.Tests.Jobs;

public sealed class LeaseRenewalTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_handler_stops_when_its_lease_has_run_out_although_a_renewal_hangs_that_nobody_answers()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var settings = new BpcSettings
        {
            Database = new(Host: "127.0.0.1", Port: ((IPEndPoint)silent.LocalEndpoint).Port),
        };
        var clock = new FakeTimeProvider();
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        await using var database = DataSource.CreateForCommits(settings);
        var leases = new Leases(settings, wake: null!, clock); // nobody waits for its room
        var renewal = new LeaseRenewal(
            new(database, settings), leases, new(services.GetRequiredService<IMeterFactory>()), settings, clock,
            NullLogger<LeaseRenewal>.Instance);
        var job = new ClaimedJob(Guid.CreateVersion7(), Guid.CreateVersion7(), "LONG", 1, 5, 1, "{}", null, 0);
        using var lease = leases.Add(GrainId.Create("job", "1"), job, maxRun: TimeSpan.FromHours(1), reserved: false);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var told = lease.Ended.Register(ended.SetResult);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var running = renewal.RunAsync(stop.Token);

        clock.Advance(settings.Jobs.LeaseRenew);
        using var asked = await silent.AcceptTcpClientAsync(Ct);
        clock.Advance(settings.Jobs.Lease);
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(60), Ct);

        Assert.Equal((LeaseEnd.Lost, 0), (lease.End, leases.Count));
        await stop.CancelAsync();
        await running;
    }
}
