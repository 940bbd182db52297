namespace Bpc.Grains.Jobs.Committing;

/// <summary>
/// Whatever comes while a group is under way shares the next one; what comes alone goes at once. Another group goes
/// beside the first where it is large, or where the first takes long.
/// </summary>
/// <param name="run">Does a group, and never throws.</param>
/// <param name="most">As many share a group at most.</param>
/// <param name="clock">What measures how long a group takes; the system's where there is none.</param>
internal sealed class Grouping<T>(Func<IReadOnlyList<T>, Task> run, int most = 500, TimeProvider? clock = null)
{
    private const int Large = 300;
    private const int Parallel = 3; // one group's round trip overlaps the others'

    // A group may wait for a row somebody has locked, which must not hold up the others.
    private static readonly TimeSpan s_long = TimeSpan.FromMilliseconds(20);

    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<T> _waiting = [];
    private int _underWay;
    private bool _closed;
    private bool _overdue; // somebody has waited that long and found every lane taken, or the late group full

    /// <summary>False once it is closed.</summary>
    public bool TryAdd(T item)
    {
        List<T> group;
        lock (_lock)
        {
            if (_closed)
            {
                return false;
            }

            _waiting.Enqueue(item);
            if (_underWay > 0 && _waiting.Count == 1)
            {
                _ = RunLateAsync();
            }

            group = Take(atOnce: _underWay == 0);
        }

        if (group.Count > 0)
        {
            _ = Task.Run(() => RunLaneAsync(group));
        }

        return true;
    }

    /// <summary>Takes nothing more; the task ends with the last group.</summary>
    public Task CloseAsync()
    {
        lock (_lock)
        {
            _closed = true;
            if (_underWay == 0)
            {
                _idle.TrySetResult();
            }
        }

        return _idle.Task;
    }

    private async Task RunLateAsync()
    {
        await Task.Delay(s_long, clock ?? TimeProvider.System);
        List<T> group;
        lock (_lock)
        {
            group = Take(atOnce: true);
            if (_waiting.Count > 0)
            {
                _overdue = true;
                if (group.Count > 0)
                {
                    _ = RunLateAsync(); // what did not fit goes beside this group where a lane is free
                }
            }
        }

        await RunLaneAsync(group);
    }

    private async Task RunLaneAsync(List<T> group)
    {
        while (group.Count > 0)
        {
            await run(group);
            lock (_lock)
            {
                _underWay--;
                group = Take(atOnce: _underWay == 0 || _overdue);
                _overdue = _waiting.Count > 0 && (_overdue || group.Count > 0); // what is left has waited as long
                if (_closed && _underWay == 0)
                {
                    _idle.TrySetResult();
                }
            }
        }
    }

    /// <summary>A group that is under way from here on; empty where there is none, or none yet.</summary>
    private List<T> Take(bool atOnce)
    {
        if (_waiting.Count == 0 || _underWay == Parallel || (!atOnce && _waiting.Count < Large))
        {
            return [];
        }

        _underWay++;
        var group = new List<T>(Math.Min(most, _waiting.Count));
        while (group.Count < most && _waiting.TryDequeue(out var item))
        {
            group.Add(item);
        }

        return group;
    }
}
