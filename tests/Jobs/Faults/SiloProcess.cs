using System.Diagnostics;
using System.Text;
using Bpc.Tests.Database;
using Bpc.Tests.EndToEnd;

namespace Bpc.Tests.Jobs.Faults;

/// <summary>A worker as operators run it, in a process of its own that also knows the fault tests' job types.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private static readonly string s_program = Path.Combine(
        Repository.Root, "bench", "faults", "worker", ChildProcess.BuildFolder, "bpc-fault-worker");

    private readonly StringBuilder _said = new();
    private readonly Process _process;

    private SiloProcess(string worker, Process process)
    {
        (Worker, _process) = (worker, process);
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Worker { get; }

    public bool HasExited => _process.HasExited;

    /// <summary>What it wrote so far, for the message of an assertion.</summary>
    public string Said
    {
        get
        {
            lock (_said)
            {
                return _said.ToString();
            }
        }
    }

    /// <summary>worker-1, worker-2, …, together in one cluster.</summary>
    /// <param name="settings">BPC_* beside the database's, each as NAME=value.</param>
    public static async Task<SiloProcess[]> StartAsync(TestDatabase database, int count, params string[] settings)
    {
        var silos = Enumerable.Range(1, count).Select(n => Start(database, $"worker-{n}", settings)).ToArray();
        await JobRows.UntilAsync(
            async () =>
            {
                Assert.All(silos, silo => Assert.False(silo.HasExited, silo.Said));
                const string active = "SELECT count(*) FROM orleans_members WHERE status = 3";
                return await database.ScalarAsync<long>(active) == count;
            },
            $"{count} silos are up", TimeSpan.FromSeconds(60));
        return silos;
    }

    /// <summary>KILL, STOP, CONT, TERM.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>It ends by itself, with this status.</summary>
    public async Task AssertExitAsync(int expected, TimeSpan atMost)
    {
        try
        {
            await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(atMost);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"{Worker} still runs after {atMost}: {Said}");
        }

        Assert.True(_process.ExitCode == expected, $"{Worker} ended with {_process.ExitCode}: {Said}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(); // stops even one that is stopped
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static SiloProcess Start(TestDatabase database, string worker, string[] settings)
    {
        var start = new ProcessStartInfo(s_program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in database.Variables)
        {
            start.Environment[name] = value;
        }

        start.Environment["BPC_WORKER_ID"] = worker;
        foreach (var setting in settings)
        {
            var parts = setting.Split('=', 2);
            start.Environment[parts[0]] = parts[1];
        }

        return new(worker, Process.Start(start)!);
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_said)
        {
            _said.AppendLine(line.Data);
        }
    }
}
