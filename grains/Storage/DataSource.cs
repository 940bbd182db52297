using Bpc.Core.Settings;
using Npgsql;

namespace Bpc.Grains.Storage;

/// <summary>
/// A silo's three pools of connections (calls, claims, commits), with the session settings every statement of ours
/// relies on.
/// </summary>
public static class DataSource
{
    // A statement that takes longer than half a lease works for a claim that is about to end. Below five seconds a busy
    // server would be taken for a stuck one.
    private const int ShortestStatementMs = 5_000;
    private const int LongestStatementMs = 30_000;
    private const int ShortLockMs = 1_000;

    public static NpgsqlDataSource Create(BpcSettings settings) => Create(settings, settings.Database.PoolSize, "");

    /// <summary>
    /// For claims alone: without sorts and scans of tables the planner keeps to the one index that has their order,
    /// also before anybody has analysed a table that grew a moment ago (100,000 fresh rows: 0.9 ms instead of 208).
    /// </summary>
    public static NpgsqlDataSource CreateForClaims(BpcSettings settings) =>
        Create(settings, poolSize: 2, " -c enable_sort=off -c enable_seqscan=off");

    /// <summary>
    /// For the ends of jobs alone: nothing else can take their connections, and none waits long for a row somebody has
    /// locked, because many jobs may share its transaction.
    /// </summary>
    public static NpgsqlDataSource CreateForCommits(BpcSettings settings) =>
        Create(settings, poolSize: 10, $" -c lock_timeout={Math.Min(ShortLockMs, HalfLeaseMs(settings.Jobs))}");

    private static NpgsqlDataSource Create(BpcSettings settings, int poolSize, string more)
    {
        var connection = new NpgsqlConnectionStringBuilder(
            settings.Database.ToConnectionString(DatabaseRole.Worker, SessionOptions(settings.Jobs) + more))
        {
            ApplicationName = settings.WorkerId,
            MaxPoolSize = poolSize,
            // Statements are few and repeat for ever: the second use of one prepares it for the life of its connection.
            MaxAutoPrepare = 200,
            AutoPrepareMinUsages = 2,
            // No statement of ours changes its session, so there is nothing to reset before its next use: that would be
            // seven statements more with each of ours.
            NoResetOnClose = true,
        };
        return new NpgsqlDataSourceBuilder(connection.ConnectionString) { Name = "bpc" }.Build();
    }

    private static long HalfLeaseMs(JobSettings jobs) => (long)(jobs.Lease / 2).TotalMilliseconds;

    // idle_in_transaction: a process that stops inside its transaction pins the rows it has locked, and a rescue steps
    // around locked rows, so the server ends such a transaction before the lease ends.
    // Generic plans: a custom plan would be made anew for each of our short statements.
    // No JIT: it would compile half a second for a claim of half a millisecond.
    // bpc.skip_notify: what a silo enqueues is announced by JobWake (sql/020_jobs_wake.sql).
    private static string SessionOptions(JobSettings jobs)
    {
        var halfLease = HalfLeaseMs(jobs);
        var statement = Math.Clamp(halfLease, ShortestStatementMs, LongestStatementMs);
        return $"-c idle_in_transaction_session_timeout={halfLease} -c lock_timeout={halfLease}"
            + $" -c statement_timeout={statement} -c plan_cache_mode=force_generic_plan -c jit=off"
            + $" -c bpc.skip_notify=on -c bpc.max_attempts={jobs.MaxAttemptsDefault}";
    }
}
