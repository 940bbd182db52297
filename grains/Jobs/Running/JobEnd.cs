using System.Text;
using Bpc.Core;
using Bpc.Core.Canonical;
using Bpc.Core.Settings;
using Bpc.Grains.Storage;

namespace Bpc.Grains.Jobs.Running;

/// <summary>
/// What the fenced statement writes into a job's row when its handler is done, and the handler's own writes beside it.
/// </summary>
/// <param name="Error">The members of last_error except <c>at</c>, which is the database's clock; null keeps or clears
/// it.</param>
/// <param name="Delay">Of a job that is QUEUED again.</param>
/// <param name="KeepsAttempt">The attempt is given back: the job did not fail.</param>
internal sealed record JobEnd(
    string Status, string? Result, string? Error, TimeSpan Delay, bool KeepsAttempt, IReadOnlyList<Write> Writes)
{
    private const int MaxMessageLength = 2000;

    /// <summary>The error's code where the attempt failed.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>Back to the queue at once, with its attempt: the silo stops, or could not start it.</summary>
    public static readonly JobEnd Released = Requeued(TimeSpan.Zero);

    public static JobEnd Of(ClaimedJob job, JobOutcome outcome, BpcSettings settings) => outcome switch
    {
        JobOutcome.Succeed ok => new("SUCCEEDED", Text(ok.Result), null, TimeSpan.Zero, false, ok.Writes),
        JobOutcome.Fail fail =>
            Failed(job, fail.Code, fail.Detail, settings, fail.RetryIn) with { Writes = fail.Writes },
        JobOutcome.Snooze snooze => Requeued(snooze.Delay),
        _ => throw new ArgumentException($"unknown outcome {outcome}", nameof(outcome)),
    };

    /// <summary>The catalogue decides: FAILED, DEAD_LETTER, or another try while attempts are left.</summary>
    public static JobEnd Failed(
        ClaimedJob job, BpcError code, string message, BpcSettings settings, TimeSpan? retryIn = null)
    {
        var error = Text(JsonValue.Object(
            ("error_code", code.Name),
            ("message", ShortText.Storable(ShortText.Of(message, MaxMessageLength))),
            ("disposition", code.InJob.ToString().ToLowerInvariant()),
            ("attempt", job.Attempt),
            ("worker_id", settings.WorkerId)));
        var ended = new JobEnd("FAILED", null, error, TimeSpan.Zero, false, []) { ErrorCode = code.Name };
        return code.InJob switch
        {
            Disposition.Fail => ended,
            Disposition.Retry when job.Attempt < job.MaxAttempts => ended with
            {
                Status = "QUEUED",
                Delay = retryIn ?? Backoff.Delay(job.Attempt, settings.Jobs, Random.Shared.NextDouble()),
            },
            _ => ended with { Status = "DEAD_LETTER" },
        };
    }

    private static JobEnd Requeued(TimeSpan delay) => new("QUEUED", null, null, delay, true, []);

    private static string Text(JsonValue value) => Encoding.UTF8.GetString(CanonicalJson.Write(value));
}
