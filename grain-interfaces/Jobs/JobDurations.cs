namespace Bpc.GrainInterfaces.Jobs;

/// <summary>The buckets of every histogram of job times, the same in each process, so that they can be added.</summary>
public static class JobDurations
{
    /// <summary>Upper bounds in seconds: a no-op takes milliseconds, a webhook's patience half a minute.</summary>
    public static readonly double[] Bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

    /// <summary>One for each bound, and the one above them all.</summary>
    public static int Buckets => Bounds.Length + 1;

    public static int BucketOf(double seconds)
    {
        var found = Array.BinarySearch(Bounds, seconds);
        return found >= 0 ? found : ~found;
    }
}
