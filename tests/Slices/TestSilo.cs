using System.Security.Cryptography;
using System.Text.Json;
using Bpc.Core.Settings;
using Bpc.GrainInterfaces;
using Bpc.Grains;
using Bpc.Tests.Database;
using Bpc.Tests.Jobs;
using Orleans.TestingHost;

namespace Bpc.Tests.Slices;

/// <summary>
/// One silo with everything it can do, on a database of the test's own, with one tenant and a signing key.
/// </summary>
public sealed class TestSilo : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;

    private TestSilo(InProcessTestCluster cluster, TestDatabase database, Guid tenant) =>
        (_cluster, Database, Tenant) = (cluster, database, tenant);

    public TestDatabase Database { get; }

    public Guid Tenant { get; }

    /// <summary>The grains as a client sees them: every argument, answer and error crosses the wire.</summary>
    public IGrainFactory Grains => _cluster.Client;

    /// <param name="more">What a test wants otherwise in the silo.</param>
    public static async Task<TestSilo> StartAsync(
        PostgresServer postgres, Func<BpcSettings, BpcSettings>? change = null, Action<ISiloBuilder>? more = null)
    {
        var database = await postgres.CreateDatabaseAsync();
        var settings = new BpcSettings
        {
            Database = database.Settings,
            Jobs = new() { PollInterval = TimeSpan.FromMilliseconds(100) },
            Signing = new("test-key-1", Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))),
            ApiKeyPepper = RandomNumberGenerator.GetBytes(32),
            WebhookAllowCidrs = ["127.0.0.0/8"],
        };
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddBpcGrains(change?.Invoke(settings) ?? settings);
            silo.UseInMemoryReminderService();
            more?.Invoke(silo);
        });
        var cluster = builder.Build();
        try
        {
            await cluster.DeployAsync();
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }

        return new(cluster, database, await database.CreateTenantAsync());
    }

    public T Service<T>() where T : notnull => _cluster.Silos[0].ServiceProvider.GetRequiredService<T>();

    public Call Call(string? idempotencyKey = null, string? requestHash = null, Guid? tenant = null) =>
        new(tenant ?? Tenant, "api_key:test", "correlation", IdempotencyKey: idempotencyKey, RequestHash: requestHash);

    /// <summary>Queues a job by SQL with the attempts it may take, and waits for its end.</summary>
    public async Task<EndedJob> RunAsync(string type, object payload, int maxAttempts = 1)
    {
        var job = Guid.CreateVersion7();
        await Database.ExecuteAsync(
            "INSERT INTO jobs (job_id, tenant_id, type, payload, max_attempts) VALUES ($1, $2, $3, $4::jsonb, $5)",
            job, Tenant, type, JsonSerializer.Serialize(payload), maxAttempts);
        return await EndAsync(job);
    }

    /// <summary>Queues an ended job again, as the quickstart's operator does, and waits for its end.</summary>
    public async Task<EndedJob> RunAgainAsync(Guid job)
    {
        await Database.ExecuteAsync(
            "UPDATE jobs SET status = 'QUEUED', attempts = 0, scheduled_at = now() WHERE job_id = $1", job);
        return await EndAsync(job);
    }

    public async Task<EndedJob> EndAsync(Guid job)
    {
        const string ended = "SELECT status IN ('SUCCEEDED', 'FAILED', 'DEAD_LETTER') FROM jobs WHERE job_id = $1";
        await JobRows.UntilAsync(() => Database.ScalarAsync<bool>(ended, job), $"job {job} has ended");
        return new(
            job,
            (await Database.ScalarAsync<string>("SELECT status FROM jobs WHERE job_id = $1", job))!,
            await Database.ScalarAsync<string>("SELECT result::text FROM jobs WHERE job_id = $1", job),
            await Database.ScalarAsync<string>("SELECT last_error->>'error_code' FROM jobs WHERE job_id = $1", job),
            await Database.ScalarAsync<string>("SELECT last_error->>'message' FROM jobs WHERE job_id = $1", job));
    }

    /// <summary>Waits until no job is queued or running: a pipeline has come to its end.</summary>
    public Task IdleAsync() => JobRows.UntilAsync(
        async () => await CountAsync("jobs WHERE status IN ('QUEUED', 'RUNNING')") == 0,
        "all jobs have ended");

    public Task<long> CountAsync(string sql, params object?[] args) =>
        Database.ScalarAsync<long>($"SELECT count(*) FROM {sql}", args);

    public Task<long> EventsAsync(string eventType) => CountAsync("events WHERE event_type = $1", eventType);

    /// <summary>Each of these events is in the log exactly once.</summary>
    public async Task HappenedOnceAsync(params string[] eventTypes)
    {
        foreach (var eventType in eventTypes)
        {
            Assert.True(await EventsAsync(eventType) == 1, eventType);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        await Database.DisposeAsync();
    }
}

/// <summary>What became of a job.</summary>
public sealed record EndedJob(Guid JobId, string Status, string? Result, string? ErrorCode, string? Message);
