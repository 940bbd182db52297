using Bpc.Core.Canonical;
using Bpc.GrainInterfaces;
using Bpc.Grains.Audit;
using Bpc.Grains.Jobs;
using Bpc.Grains.Jobs.Enqueuing;
using Bpc.Grains.Storage;
using Dapper;
using Npgsql;

namespace Bpc.Grains.Calls;

/// <summary>
/// What the body of a call may do inside its transaction: read, write, append events and enqueue jobs.
/// </summary>
internal sealed class CallTransaction : IDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly JobInserts _inserts;
    private readonly List<JobInsert> _jobs = [];

    internal CallTransaction(Call call, NpgsqlConnection connection, JobInserts inserts) =>
        (Call, _connection, _inserts) = (call, connection, inserts);

    public Call Call { get; }

    public Guid TenantId => Call.TenantId;

    internal bool Enqueued { get; private set; }

    /// <summary>The first row, or null.</summary>
    public Task<T?> FirstAsync<T>(string sql, object parameters) =>
        _connection.QueryFirstOrDefaultAsync<T>(sql, parameters);

    public async Task<IReadOnlyList<T>> ListAsync<T>(string sql, object parameters) =>
        (await _connection.QueryAsync<T>(sql, parameters)).AsList();

    /// <summary>How many rows the statement changed.</summary>
    public Task<int> ExecuteAsync(string sql, object parameters) => _connection.ExecuteAsync(sql, parameters);

    /// <summary>
    /// Calls of this tenant that lock the same name come one after the other, for what must be counted before a row is
    /// added.
    /// </summary>
    public Task LockAsync(string name) => ExecuteAsync(
        "SELECT pg_advisory_xact_lock(hashtextextended(@TenantId::text || @name, 7))", new { TenantId, name });

    /// <summary>
    /// Runs the writes in one round trip. One that does not change the rows it promised undoes the call.
    /// </summary>
    public async Task WriteAsync(params IReadOnlyList<Write> writes)
    {
        await using var batch = new NpgsqlBatch(_connection);
        var insert = _inserts.Of(writes.Select(write => write.Job).OfType<NewJob>());
        _jobs.Add(insert);
        insert.AddTo(batch);
        var others = new WriteBatch([writes]);
        others.AddTo(batch);
        await using (var reader = await batch.ExecuteReaderAsync())
        {
            await insert.ReadAsync(reader, CancellationToken.None);
        }

        others.ThrowIfRefused();
        Enqueued |= writes.Any(w => w.Enqueues);
    }

    /// <summary>Starts the jobs that were leased as they were inserted.</summary>
    internal void Committed() => _jobs.ForEach(insert => insert.Committed());

    public void Dispose() => _jobs.ForEach(insert => insert.Dispose());

    /// <summary>The write that appends an event of this call's actor.</summary>
    public Write Event(
        string eventType, Guid aggregateId, params IEnumerable<(string Name, JsonValue Value)> payload) =>
        Events.Append(
            TenantId, EventTypes.Aggregate(eventType), aggregateId, eventType, Call.ActorId, JsonValue.Object(payload),
            Cause.Of(Call));

    /// <summary>The write that enqueues a job under this call's trace.</summary>
    public Write Job(
        Guid jobId, string type, string? idempotencyKey, params IEnumerable<(string Name, JsonValue Value)> payload) =>
        Enqueue.Job(jobId, TenantId, type, JsonValue.Object(payload), idempotencyKey, Cause.Of(Call));
}
