using System.Net;
using Orleans.Configuration;
using Orleans.Storage;

namespace Bpc.Tests.Database;

/// <summary>Our tables under Orleans' own providers, in silos that meet only through the database.</summary>
[Trait("Category", "Integration")]
public sealed class OrleansTablesTests(PostgresServer postgres) : IAsyncLifetime
{
    private TestDatabase _database = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await postgres.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Two_silos_find_each_other_and_say_goodbye()
    {
        using var first = await StartSiloAsync();
        using var second = await StartSiloAsync();

        var management = first.Services.GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0);
        Assert.Equal(2, (await management.GetHosts(onlyActive: true, Ct)).Count);
        Assert.Equal(2L, await CountAsync("SELECT count(*) FROM orleans_members WHERE status = 3"));

        await second.StopAsync(Ct);
        Assert.Single(await management.GetHosts(onlyActive: true, Ct));
        Assert.Equal(1L, await CountAsync("SELECT count(*) FROM orleans_members WHERE status = 6"));

        await first.StopAsync(Ct);
        Assert.Equal(0L, await CountAsync("SELECT count(*) FROM orleans_members WHERE status = 3"));
    }

    [Fact]
    public async Task A_grain_writes_reads_and_clears_its_state()
    {
        using var silo = await StartSiloAsync();
        var grains = silo.Services.GetRequiredService<IGrainFactory>();
        var grain = grains.GetGrain<INotebookGrain>("a");

        Assert.Null(await grain.ReadAsync());
        await grain.WriteAsync("one");
        await grain.WriteAsync("two");
        Assert.Equal("two", await grain.ReadAsync());
        Assert.Null(await grains.GetGrain<INotebookGrain>("b").ReadAsync());

        await grain.ClearAsync();
        Assert.Null(await grain.ReadAsync());
        await grain.WriteAsync("three");
        Assert.Equal("three", await grain.ReadAsync());
        Assert.Equal(1L, await CountAsync("SELECT count(*) FROM orleans_grain_state"));
        await silo.StopAsync(Ct);
    }

    [Fact]
    public async Task A_write_on_a_state_that_somebody_else_changed_is_refused()
    {
        using var silo = await StartSiloAsync();
        var grain = silo.Services.GetRequiredService<IGrainFactory>().GetGrain<INotebookGrain>("a");
        await grain.WriteAsync("one");
        await _database.ExecuteAsync("UPDATE orleans_grain_state SET version = version + 1");

        await Assert.ThrowsAsync<InconsistentStateException>(() => grain.WriteAsync("two"));
        await silo.StopAsync(Ct);
    }

    [Fact]
    public async Task A_reminder_is_registered_changed_found_again_and_removed()
    {
        using var silo = await StartSiloAsync();
        var grain = silo.Services.GetRequiredService<IGrainFactory>().GetGrain<INotebookGrain>("a");

        await grain.RemindAsync("later", TimeSpan.FromMinutes(5));
        await grain.RemindAsync("later", TimeSpan.FromDays(60));
        await grain.RemindAsync("often", TimeSpan.FromMinutes(1));

        Assert.Equal(["later", "often"], await grain.RemindersAsync());
        Assert.Equal((long)TimeSpan.FromDays(60).TotalMilliseconds,
            await _database.ScalarAsync<long>("SELECT period FROM orleans_reminders WHERE reminder_name = 'later'"));

        await grain.ForgetAsync("later");
        Assert.Equal(["often"], await grain.RemindersAsync());
        await silo.StopAsync(Ct);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_two_silos_that_decide_on_one_version_of_the_membership_one_wins(bool another)
    {
        const string cluster = "races";
        await _database.ExecuteAsync("INSERT INTO orleans_clusters (cluster_id) VALUES ($1)", cluster);
        var insert = await _database.ScalarAsync<string>(
            "SELECT QueryText FROM OrleansQuery WHERE QueryKey = 'InsertMembershipKey'");

        var wins = await Task.WhenAll(Enumerable.Range(0, 8).Select(async silo =>
        {
            await using var command = _database.DataSource.CreateCommand(insert!);
            command.Parameters.AddWithValue("DeploymentId", cluster);
            command.Parameters.AddWithValue("Address", "127.0.0.1");
            command.Parameters.AddWithValue("Port", another ? silo : 1);
            command.Parameters.AddWithValue("Generation", 1);
            command.Parameters.AddWithValue("SiloName", "silo");
            command.Parameters.AddWithValue("HostName", "host");
            command.Parameters.AddWithValue("Status", 3);
            command.Parameters.AddWithValue("ProxyPort", 0);
            command.Parameters.AddWithValue("StartTime", DateTime.UtcNow);
            command.Parameters.AddWithValue("IAmAliveTime", DateTime.UtcNow);
            command.Parameters.AddWithValue("Version", 0);
            return (bool)(await command.ExecuteScalarAsync(Ct))!;
        }));

        Assert.Single(wins, won => won);
        Assert.Equal(1, await _database.ScalarAsync<int>("SELECT version FROM orleans_clusters"));
    }

    private Task<long> CountAsync(string sql) => _database.ScalarAsync<long>(sql);

    private async Task<IHost> StartSiloAsync()
    {
        var (npgsql, database) = ("Npgsql", _database.ConnectionString);
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.UseOrleans(silo => silo
            .Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = ("tables", "tables"))
            .ConfigureEndpoints(IPAddress.Loopback, TestPort.Next(), TestPort.Next())
            .UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (npgsql, database))
            .AddAdoNetGrainStorageAsDefault(
                options => (options.Invariant, options.ConnectionString) = (npgsql, database))
            .UseAdoNetReminderService(options => (options.Invariant, options.ConnectionString) = (npgsql, database)));
        var host = builder.Build();
        await host.StartAsync(Ct);
        return host;
    }
}
