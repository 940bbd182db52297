using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Bpc.Grains.Jobs.Claiming;

/// <summary>Claims from lanes that rows of job_limits speak of.</summary>
internal sealed class LimitStore(
    [FromKeyedServices(ClaimStore.Connections)] NpgsqlDataSource db, ClaimStore claims)
{
    /// <summary>A row of job_limits, and what it still lets start.</summary>
    /// <param name="IsAhead">It was charged by a clock that has been set back since.</param>
    private sealed record Limit(
        Guid JobLimitId, Guid? TenantId, string? Type, int? MaxRunning, int? MaxPerMinute, double Tokens,
        DateTime At, bool IsAhead)
    {
        public int Left { get; set; }

        /// <summary>Until there is a whole token again.</summary>
        public TimeSpan NextIn(double tokens) => TimeSpan.FromMinutes((1 - tokens) / MaxPerMinute!.Value);

        public bool AppliesTo(Guid tenantId, string type) =>
            (TenantId is null || TenantId == tenantId) && (Type is null || Type == type);
    }

    // Whoever holds the rows decides; another silo, or an operator who edits them, is not waited for: their lanes are
    // left alone this time. Tokens come back evenly and never pile up to more than a second's worth, or to two where
    // that is more: the part of one that is left over would be lost. A clock set back takes none away.
    private const string Lock = """
        SELECT job_limit_id AS JobLimitId, tenant_id AS TenantId, type AS Type, max_running AS MaxRunning,
               max_per_minute AS MaxPerMinute,
               least(CASE WHEN max_per_minute < 60 THEN 1 ELSE greatest(2, max_per_minute / 60.0) END,
                     tokens + max_per_minute / 60.0
                       * greatest(extract(epoch FROM clock.at - refilled_at), 0))::float8
               AS Tokens, clock.at AS At, refilled_at > clock.at AS IsAhead
          FROM job_limits CROSS JOIN (SELECT clock_timestamp() AS at) clock FOR UPDATE OF job_limits SKIP LOCKED
        """;

    private const string Unlocked = """
        SELECT job_limit_id AS JobLimitId, tenant_id AS TenantId, type AS Type, max_running AS MaxRunning,
               max_per_minute AS MaxPerMinute, tokens AS Tokens, refilled_at AS At, false AS IsAhead
          FROM job_limits WHERE job_limit_id <> ALL (@locked)
        """;

    // A statement of its own, after the lock: its snapshot has what the last holder claimed.
    private const string CountRunning = """
        SELECT l.job_limit_id, count(*)::int
          FROM job_limits l
          JOIN jobs j ON (l.tenant_id IS NULL OR l.tenant_id = j.tenant_id) AND (l.type IS NULL OR l.type = j.type)
         WHERE j.status = 'RUNNING' AND l.job_limit_id = ANY (@locked)
         GROUP BY l.job_limit_id
        """;

    // As of the moment its tokens were counted at: the time the claim took since then brings tokens too.
    private const string Charge = """
        UPDATE job_limits SET tokens = @tokens, refilled_at = @At WHERE job_limit_id = @id
        """;

    /// <summary>Claims from the lanes as far as the limits allow, and charges what was taken.</summary>
    public async Task<Claim> ClaimAsync(IReadOnlyList<LaneQuota> quotas, CancellationToken ct)
    {
        await using var connection = await db.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var limits = await ReadAsync(connection);
        var claimed = await claims.ClaimAsync(connection, [.. Within(limits, quotas)], ct);
        TimeSpan? moreIn = null;
        foreach (var limit in limits.Where(l => l.MaxPerMinute is not null))
        {
            var used = claimed.Jobs.Count(job => limit.AppliesTo(job.TenantId, job.Type));
            if (used > 0 || limit.IsAhead) // the clock was set back: it counts on from where it stands now
            {
                await connection.ExecuteAsync(
                    Charge, new { id = limit.JobLimitId, tokens = limit.Tokens - used, limit.At });
            }

            var left = limit.Tokens - used;
            if (left < 1 && quotas.Any(q => limit.AppliesTo(q.Lane.TenantId, q.Lane.Type)))
            {
                moreIn = limit.NextIn(left) is var next && next < moreIn ? next : moreIn ?? next;
            }
        }

        await transaction.CommitAsync(ct);
        return claimed with { MoreIn = moreIn };
    }

    private static async Task<List<Limit>> ReadAsync(NpgsqlConnection connection)
    {
        var limits = (await connection.QueryAsync<Limit>(Lock)).AsList();
        var locked = limits.ConvertAll(l => l.JobLimitId);
        var running = (await connection.QueryAsync<(Guid Id, int Count)>(CountRunning, new { locked }))
            .ToDictionary(r => r.Id, r => r.Count);
        foreach (var limit in limits)
        {
            var free = (limit.MaxRunning ?? int.MaxValue) - running.GetValueOrDefault(limit.JobLimitId);
            limit.Left = Math.Max(0, limit.MaxPerMinute is null ? free : Math.Min(free, (int)limit.Tokens));
        }

        limits.AddRange(await connection.QueryAsync<Limit>(Unlocked, new { locked }));
        return limits;
    }

    /// <summary>What fits all limits: each lane takes of them in turn, so together they never take more.</summary>
    private static IEnumerable<LaneQuota> Within(List<Limit> limits, IReadOnlyList<LaneQuota> quotas)
    {
        foreach (var quota in quotas)
        {
            var its = limits.FindAll(l => l.AppliesTo(quota.Lane.TenantId, quota.Lane.Type));
            var most = its.Aggregate(quota.Most, (least, limit) => Math.Min(least, limit.Left));
            its.ForEach(limit => limit.Left -= most);
            if (most > 0)
            {
                yield return quota with { Most = most };
            }
        }
    }
}
