using Bpc.Core.Canonical;
using Bpc.Grains.Audit;
using Bpc.Grains.Jobs;
using Bpc.Grains.Storage;
using Npgsql;
using NSec.Cryptography;

namespace Bpc.Cli.Bench;

/// <summary>
/// SIGN_LIKE: what SIGN_PASSPORT does, on a table of the benchmark: reads a row, signs its hash, and writes the
/// signature, an event and a next job, which nobody runs.
/// </summary>
internal sealed class SignLikeHandler(NpgsqlDataSource database) : IJobHandler, IDisposable
{
    public const string JobType = "SIGN_LIKE";

    private readonly Key _key = Key.Create(SignatureAlgorithm.Ed25519);

    public string Type => JobType;

    public TimeSpan MaxRun => TimeSpan.FromMinutes(1);

    public async Task<JobOutcome> RunAsync(ClaimedJob job, CancellationToken ct)
    {
        await using var read = database.CreateCommand("SELECT hash FROM bench_receipts WHERE job_id = $1");
        read.Parameters.Add(new() { Value = job.JobId });
        var hash = Convert.FromHexString((string)(await read.ExecuteScalarAsync(ct))!);
        var signature = SignatureAlgorithm.Ed25519.Sign(_key, hash);
        return new JobOutcome.Succeed(
            JsonValue.Object(("signing_key_id", "bench")),
            Write.Many(
                """
                UPDATE bench_receipts r SET signature = s.signature FROM unnest($1, $2) AS s (job_id, signature)
                 WHERE r.job_id = s.job_id AND r.signature IS NULL
                """,
                [job.JobId, signature]),
            Events.Append(
                job.TenantId, "passport_version", job.JobId, EventTypes.PassportVersionSigned, "bench",
                JsonValue.Object(("signing_key_id", "bench")), Cause.Of(job)),
            Enqueue.Job(
                Guid.CreateVersion7(), job.TenantId, "BENCH_NEXT", JsonValue.Object(), $"{job.JobId}", Cause.Of(job)));
    }

    public void Dispose() => _key.Dispose();
}
