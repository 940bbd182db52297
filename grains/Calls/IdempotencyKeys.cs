using System.Text.Json;
using Bpc.Core;
using Bpc.GrainInterfaces;
using Dapper;
using Npgsql;

namespace Bpc.Grains.Calls;

/// <summary>The answers given under clients' idempotency keys.</summary>
internal static class IdempotencyKeys
{
    private sealed record Stored(string RequestHash, string Response);

    /// <summary>
    /// Null where this call is the first under its key (or has none) and must do the work; otherwise the stored answer.
    /// The insert waits for a parallel first call to end: of fifty at a time one works and the others read its answer.
    /// </summary>
    public static async Task<T?> TakeAsync<T>(NpgsqlConnection connection, Call call)
        where T : class
    {
        const string take = """
            INSERT INTO idempotency_keys (tenant_id, key, request_hash, response)
            VALUES (@TenantId, @IdempotencyKey, @RequestHash, 'null') ON CONFLICT (tenant_id, key) DO NOTHING
            """;
        const string read = """
            SELECT request_hash AS RequestHash, response::text AS Response FROM idempotency_keys
            WHERE tenant_id = @TenantId AND key = @IdempotencyKey
            """;
        if (call.IdempotencyKey is null || await connection.ExecuteAsync(take, call) == 1)
        {
            return null;
        }

        var stored = await connection.QuerySingleAsync<Stored>(read, call);
        return stored.RequestHash == call.RequestHash
            ? JsonSerializer.Deserialize<T>(stored.Response)
            : throw new BpcException(
                BpcError.IdempotencyConflict,
                $"the idempotency key '{call.IdempotencyKey}' belongs to another request");
    }

    public static async Task AnswerAsync<T>(NpgsqlConnection connection, Call call, T answer)
    {
        const string sql = """
            UPDATE idempotency_keys SET response = @response::jsonb
            WHERE tenant_id = @TenantId AND key = @IdempotencyKey
            """;
        if (call.IdempotencyKey is not null)
        {
            var response = JsonSerializer.Serialize(answer);
            await connection.ExecuteAsync(sql, new { call.TenantId, call.IdempotencyKey, response });
        }
    }
}
