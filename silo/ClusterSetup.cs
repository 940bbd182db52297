using System.Net;
using System.Net.Sockets;
using Bpc.Core;
using Bpc.Core.Settings;
using Bpc.Hosting;
using Orleans.Configuration;

namespace Bpc.Silo;

/// <summary>
/// How a silo finds its cluster: membership, reminders and grain storage in the same PostgreSQL as everything else.
/// Grain storage is for grains of a user's own; BPC's keep their state in BPC's tables.
/// </summary>
internal static class ClusterSetup
{
    private const string Invariant = "Npgsql";

    public static ISiloBuilder JoinCluster(this ISiloBuilder silo, BpcSettings settings)
    {
        var database = (settings.Database with { PoolSize = 10 }).ToConnectionString(DatabaseRole.Worker);
        silo.Configure<ClusterOptions>(
            o => (o.ClusterId, o.ServiceId) = (settings.Silo.ClusterId, settings.Silo.ServiceId));
        silo.Configure<SiloOptions>(o => o.SiloName = settings.WorkerId);
        silo.UseAdoNetClustering(o => (o.Invariant, o.ConnectionString) = (Invariant, database));
        silo.UseAdoNetReminderService(o => (o.Invariant, o.ConnectionString) = (Invariant, database));
        silo.AddAdoNetGrainStorageAsDefault(o => (o.Invariant, o.ConnectionString) = (Invariant, database));
        silo.Configure<EndpointOptions>(o => Listen(o, settings.Silo));
        silo.Configure<ClusterMembershipOptions>(Watch);
        return silo;
    }

    private static void Listen(EndpointOptions endpoint, SiloSettings silo)
    {
        var address = Resolve(silo.Host);
        endpoint.AdvertisedIPAddress = address;
        endpoint.SiloPort = silo.SiloPort ?? FreePort.On(address);
        endpoint.GatewayPort = silo.GatewayPort ?? FreePort.On(address);
    }

    private static IPAddress Resolve(string host)
    {
        try
        {
            // Listening everywhere is not to be had: whoever reaches Orleans' ports can call any grain.
            const AddressFamily ipv4 = AddressFamily.InterNetwork;
            var address = IPAddress.TryParse(host, out var literal) && literal.AddressFamily == ipv4
                ? literal : Dns.GetHostAddresses(host, ipv4)[0];
            return !address.Equals(IPAddress.Any) ? address
                : throw new BpcException(BpcError.ConfigMissing, "not one address", [
                    new("BPC_SILO_HOST",
                        $"'{host}' is every address; name the one under which the others reach this")]);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            throw new BpcException(BpcError.ConfigMissing, e.Message, [
                new("BPC_SILO_HOST", $"'{host}' is no address of this machine: {e.Message}")]);
        }
    }

    /// <summary>
    /// A silo that dies is declared dead after about 6 s (3 probes of 2 s), so that its jobs run elsewhere within 10 s.
    /// Less would evict the living: a garbage collection or a busy machine easily stalls a process for a second or two.
    /// Two silos must agree (of two, the one that is left), and a third is asked before; a silo that is itself slow
    /// gives the others more time.
    /// </summary>
    private static void Watch(ClusterMembershipOptions membership)
    {
        membership.ProbeTimeout = TimeSpan.FromSeconds(2);

        // Whoever sent anything within three of these counts as alive, whatever the probes say. Orleans' four times the
        // probe's timeout would let a silo that stands still hold its jobs, and those that wait for its answer, for
        // 24 s.
        membership.MaxProbeTimeout = TimeSpan.FromSeconds(2.5);
        membership.NumMissedProbesLimit = 3;
        membership.NumVotesForDeathDeclaration = 2;
        membership.EnableIndirectProbes = true;
        membership.LocalHealthDegradationMonitoringPeriod = TimeSpan.FromSeconds(10);

        // How soon a silo that was cut off or stopped reads that it was declared dead, and ends.
        membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);

        // A whole cluster that was killed leaves rows that look alive; the next start waits until they are three of
        // these old.
        membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
    }
}
