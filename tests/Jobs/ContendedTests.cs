using System.Diagnostics;
using Bpc.Core.Settings;
using Bpc.FaultWorker;
using Bpc.Tests.Database;
using Bpc.Tests.Jobs.Invariants;
using Npgsql;

namespace Bpc.Tests.Jobs;

/// <summary>
/// Few rows, many silos, short leases, and operators whose SQL hits rows that run: where a weak fence shows within
/// seconds.
/// </summary>
[Trait("Category", "Integration")]
public sealed class ContendedTests(PostgresServer postgres)
{
    private static readonly TimeSpan s_duration = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(3); // until enough has happened

    private static readonly JobSettings s_hurried = new()
    {
        PollInterval = TimeSpan.FromMilliseconds(20),
        Lease = TimeSpan.FromMilliseconds(400),
        LeaseRenew = TimeSpan.FromMilliseconds(100),
        BackoffBase = TimeSpan.FromMilliseconds(10),
        BackoffMax = TimeSpan.FromMilliseconds(100),
        Concurrency = 6,
    };

    // The quickstart's resets among them, one of which leaves the owner, the lease and the attempts as they are.
    private static readonly string[] s_operators =
    [
        """
        UPDATE jobs
        SET status = 'QUEUED', attempts = 0, scheduled_at = now(), lease_owner = NULL, lease_expires_at = NULL
        WHERE status = 'RUNNING' AND random() < 0.5
        """,
        "UPDATE jobs SET status = 'QUEUED' WHERE status = 'RUNNING' AND random() < 0.5",
        """
        UPDATE jobs SET status = 'QUEUED', attempts = 0, scheduled_at = now()
         WHERE status IN ('SUCCEEDED', 'DEAD_LETTER', 'CANCELLED') AND random() < 0.5
        """,
        "UPDATE jobs SET status = 'CANCELLED' WHERE status = 'RUNNING' AND random() < 0.1",
        "UPDATE jobs SET lease_expires_at = NULL WHERE status = 'RUNNING' AND random() < 0.1",
    ];

    // Now and then only: a connection takes longer to make than a job to run.
    private const string TerminateSession = """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name LIKE 'worker-%' ORDER BY random() LIMIT 1
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Operators_on_running_rows_and_lost_sessions_lose_no_job_and_double_no_effect()
    {
        await using var database = await postgres.CreateLoggedDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        await using (await JobCluster.StartAsync(database, s_hurried, [new WorkHandler()], silos: 4))
        {
            await database.ExecuteAsync(
                """
                INSERT INTO jobs (tenant_id, type, payload)
                SELECT $1, $2, jsonb_build_object('effect', true, 'ms', n, 'fails', 5, 'next', n > 8, 'deaf', n % 2 = 0)
                  FROM generate_series(1, 16) n
                """,
                tenant, WorkHandler.JobType);
            using var until = CancellationTokenSource.CreateLinkedTokenSource(Ct);
            until.CancelAfter(s_longest);
            await Task.WhenAll(
                StopAsync(),
                RepeatAsync(TimeSpan.FromMilliseconds(2), () => OperateAsync(database), until.Token),
                RepeatAsync(
                    TimeSpan.FromMilliseconds(300), () => database.ExecuteAsync(TerminateSession), until.Token));

            async Task StopAsync()
            {
                var began = Stopwatch.GetTimestamp();
                await JobRows.UntilAsync(
                    async () => Stopwatch.GetElapsedTime(began) > s_duration && await EnoughAsync(database),
                    "fifty claims and twenty running rows changed by operators", s_longest);
                await until.CancelAsync();
            }

            await JobRows.UntilAsync(
                async () => await database.ScalarAsync<long>(
                    "SELECT count(*) FROM jobs WHERE status IN ('QUEUED', 'RUNNING')") == 0,
                "every job has ended");
        }

        Assert.Empty(await database.ViolationsAsync(TimeSpan.FromSeconds(20)));
    }

    private static async Task<bool> EnoughAsync(TestDatabase database) => await database.ScalarAsync<bool>(
        """
        SELECT count(*) FILTER (WHERE claim) > 50 AND count(*) FILTER (WHERE was = 'RUNNING' AND NOT by_silo) > 20
          FROM job_steps
        """);

    private static async Task OperateAsync(TestDatabase database)
    {
        try
        {
            await database.ExecuteAsync(s_operators[Random.Shared.Next(s_operators.Length)]);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.DeadlockDetected)
        {
            // Rows in another order than a silo's: the operator who lost tries again.
        }
    }

    private static async Task RepeatAsync(TimeSpan pause, Func<Task> action, CancellationToken until)
    {
        using var timer = new PeriodicTimer(pause);
        while (!until.IsCancellationRequested)
        {
            await action();
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}
