using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace Bpc.Gateway.Auth;

/// <summary>
/// Single-use links that sign a browser on this machine in, made by the process itself: nobody has to paste a key to
/// look around. Links and sessions live in memory, bounded in number and time.
/// </summary>
public sealed class SignInLinks(TimeProvider clock)
{
    internal const int MaxLinks = 64;
    internal const int MaxSessions = 256;
    internal static readonly TimeSpan LinkLife = TimeSpan.FromHours(1);
    internal static readonly TimeSpan SessionLife = TimeSpan.FromHours(8);

    private readonly ConcurrentDictionary<string, Link> _links = new();
    private readonly ConcurrentDictionary<string, Session> _sessions = new();

    /// <summary>
    /// A link, relative to the gateway's address, that opens <paramref name="path"/> signed in as the tenant's role.
    /// </summary>
    public string Create(Guid tenantId, string role, string path = "/") =>
        Create(() => Task.FromResult(tenantId), role, path);

    /// <param name="tenant">Asked by a session until it names one; the empty id while there is none.</param>
    public string Create(Func<Task<Guid>> tenant, string role, string path)
    {
        if (!path.StartsWith('/') || path.StartsWith("//", StringComparison.Ordinal))
        {
            throw new ArgumentException($"'{path}' is not a path of this gateway", nameof(path));
        }

        var token = Token();
        Keep(
            _links, MaxLinks, Digest(token), new(tenant, role, path, clock.GetUtcNow() + LinkLife), l => l.ExpiresAt);
        return QueryHelpers.AddQueryString("/sign-in", "token", token);
    }

    /// <summary>Uses a link up. Null where it is unknown, used or too old.</summary>
    internal (string SessionToken, string Path)? Redeem(string token)
    {
        if (!_links.TryRemove(Digest(token), out var link) || link.ExpiresAt <= clock.GetUtcNow())
        {
            return null;
        }

        var session = Token();
        var opened = new Session(link.Tenant, link.Role, Guid.CreateVersion7(), clock.GetUtcNow() + SessionLife);
        Keep(_sessions, MaxSessions, Digest(session), opened, s => s.ExpiresAt);
        return (session, link.Path);
    }

    internal Session? Find(string sessionToken) =>
        _sessions.TryGetValue(Digest(sessionToken), out var session) && session.ExpiresAt > clock.GetUtcNow()
            ? session : null;

    private static string Token() => WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));

    // Looked up by digest: how long a dictionary takes says nothing about the token.
    private static string Digest(string token) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>Adds, and lets the ones that end first go where there are too many.</summary>
    private static void Keep<T>(
        ConcurrentDictionary<string, T> kept, int limit, string key, T value, Func<T, DateTimeOffset> expiresAt)
    {
        foreach (var (oldest, _) in kept.OrderBy(k => expiresAt(k.Value)).Take(kept.Count - limit + 1))
        {
            kept.TryRemove(oldest, out _);
        }

        kept[key] = value;
    }

    private sealed record Link(Func<Task<Guid>> Tenant, string Role, string Path, DateTimeOffset ExpiresAt);

    internal sealed record Session(Func<Task<Guid>> Tenant, string Role, Guid SessionId, DateTimeOffset ExpiresAt)
    {
        private Guid _tenantId;

        /// <summary>The same one for as long as the session lasts, once there is one.</summary>
        public async ValueTask<Guid> TenantAsync() =>
            _tenantId != Guid.Empty ? _tenantId : _tenantId = await Tenant();
    }
}
