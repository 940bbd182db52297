using Bpc.FaultWorker;
using Bpc.Tests.Database;

namespace Bpc.Tests.Jobs.Faults;

/// <summary>
/// Workers in processes of their own, in one cluster: worker-1, worker-2, … They know FAULT_WORK and FAULT_POISON.
/// </summary>
internal sealed class FaultWorkers : IAsyncDisposable
{
    // So many processes start slowly on a machine that compiles beside them.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(4);

    private readonly TestDatabase _database;
    private readonly WorkerProcess[] _processes;

    private FaultWorkers(TestDatabase database, WorkerProcess[] processes) =>
        (_database, _processes) = (database, processes);

    public int Left => _processes.Count(process => !process.HasExited);

    /// <summary>By its number, from 1.</summary>
    public WorkerProcess this[int worker] => _processes[worker - 1];

    /// <param name="settings">BPC_* beside the database's.</param>
    public static async Task<FaultWorkers> StartAsync(
        TestDatabase database, int count, params (string Name, string Value)[] settings)
    {
        var variables = new Dictionary<string, string>(database.Variables)
        {
            ["BPC_CLUSTER_ID"] = database.Settings.Name,
        };
        foreach (var (name, value) in settings)
        {
            variables[name] = value;
        }

        var processes = Enumerable.Range(1, count).Select(n => WorkerProcess.Start(
            new Dictionary<string, string>(variables) { ["BPC_WORKER_ID"] = $"worker-{n}" },
            "bpc-fault-worker"));
        var workers = new FaultWorkers(database, [.. processes]);
        try
        {
            await workers.UntilUpAsync(count);
        }
        catch (Exception e)
        {
            await workers.DisposeAsync();
            var lines = workers._processes.SelectMany(process => process.Lines);
            throw new InvalidOperationException($"{e.Message}; they printed:\n{string.Join('\n', lines)}", e);
        }

        return workers;
    }

    /// <param name="payload">Members beside <c>effect</c>, as <see cref="WorkHandler"/> reads them.</param>
    public Task QueueAsync(Guid tenant, int count, string payload) => _database.ExecuteAsync(
        """
        INSERT INTO jobs (tenant_id, type, payload)
        SELECT $1, $2, $3::jsonb || '{"effect": true}' FROM generate_series(1, $4)
        """,
        tenant, WorkHandler.JobType, payload, count);

    /// <summary>Waits until each of these holds a job.</summary>
    public Task UntilBusyAsync(params string[] workers) => JobRows.UntilAsync(
        async () => await _database.ScalarAsync<long>(
            "SELECT count(DISTINCT lease_owner) FROM jobs WHERE status = 'RUNNING' AND lease_owner = ANY ($1)",
            (object)workers) == workers.Length,
        $"{string.Join(" and ", workers)} hold jobs");

    private async Task UntilUpAsync(int count)
    {
        const string active = "SELECT count(*) FROM orleans_members WHERE status = 3";
        await JobRows.UntilAsync(
            async () => await _database.ScalarAsync<long>(active) == count,
            $"{count} workers are up", s_patience);

        // A member is not yet one who takes jobs: the others may be done with a short queue before it begins.
        await Task.WhenAll(_processes.Select(worker => worker.UntilLineAsync("Worker started")));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }
    }
}
