using System.Collections.Concurrent;
using System.Diagnostics;
using Bpc.Tests.EndToEnd;

namespace Bpc.Tests.Jobs;

/// <summary>
/// A bpc-worker (or bpc-gateway) of its own, as an operator starts it; killed when the test ends, whatever happened.
/// </summary>
public sealed class WorkerProcess : IAsyncDisposable
{
    // A process starts slowly on a machine that runs other tests beside it.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(4);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    private WorkerProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => _lines.Enqueue(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => _lines.Enqueue(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>What it has printed so far.</summary>
    public IReadOnlyList<string> Lines => [.. _lines];

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public static WorkerProcess Start(
        IEnumerable<KeyValuePair<string, string>> variables, string program = "bpc-worker") =>
        new(Process.Start(ChildProcess.Describe(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, $"{program}.dll")], variables))!);

    public async Task UntilLineAsync(string text)
    {
        try
        {
            await JobRows.UntilAsync(
                () => Task.FromResult(_lines.Any(l => l.Contains(text, StringComparison.Ordinal))),
                $"the worker prints '{text}'", s_patience);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new InvalidOperationException($"{e.Message}; it printed:\n{string.Join('\n', Lines)}", e);
        }
    }

    /// <summary>Such as STOP, CONT, TERM or KILL.</summary>
    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Its exit status.</summary>
    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60));
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }
}
