using Bpc.Core;
using Bpc.Core.Canonical;
using Bpc.Grains.Storage;

namespace Bpc.Grains.Jobs;

/// <summary>
/// How a handler ended. Its writes are committed together with the job's own end, under the job's fence.
/// A <see cref="BpcException"/> thrown instead ends the job as the error catalogue says; any other exception is
/// INTERNAL_ERROR (retry).
/// </summary>
public abstract record JobOutcome
{
    private JobOutcome()
    {
    }

    /// <summary>SUCCEEDED, with a result of a few members such as <c>{"facts": 5}</c>.</summary>
    public sealed record Succeed(JsonValue.Record Result, params IReadOnlyList<Write> Writes) : JobOutcome;

    /// <summary>
    /// The job ends as the error's disposition says, and the writes are committed with that end (a rejected document's
    /// row).
    /// </summary>
    public sealed record Fail(BpcError Code, string Detail, params IReadOnlyList<Write> Writes) : JobOutcome
    {
        /// <summary>
        /// The wait before another try, for a type with a schedule of its own; null backs off as all do.
        /// </summary>
        public TimeSpan? RetryIn { get; init; }
    }

    /// <summary>QUEUED again after the delay without burning an attempt.</summary>
    public sealed record Snooze(TimeSpan Delay) : JobOutcome;
}
