using Npgsql;

namespace Bpc.Grains.Jobs.Running;

/// <summary>One claim of a job: what the fence asks for.</summary>
internal readonly record struct ClaimId(Guid JobId, long Epoch)
{
    /// <summary>The claims a statement returns, as job_id and lease_epoch.</summary>
    public static async Task<HashSet<ClaimId>> ReadAllAsync(NpgsqlCommand command, CancellationToken ct)
    {
        var claims = new HashSet<ClaimId>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            claims.Add(new(reader.GetGuid(0), reader.GetInt64(1)));
        }

        return claims;
    }
}
