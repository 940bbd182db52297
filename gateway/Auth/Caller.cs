using System.Diagnostics;
using System.Security.Claims;
using Bpc.Core;
using Bpc.Gateway.Http;
using Bpc.GrainInterfaces;

namespace Bpc.Gateway.Auth;

/// <summary>Who makes a request, once authenticated; a parameter of every route that belongs to a tenant.</summary>
internal sealed record Caller(Call Call)
{
    private const string TenantClaim = "tenant";
    private const int MaxIdempotencyKeyLength = 200;

    public Guid TenantId => Call.TenantId;

    /// <summary>
    /// The identity of a caller, as the authentication handler makes it and <see cref="BindAsync"/> reads it.
    /// </summary>
    public static ClaimsPrincipal Principal(Guid tenantId, string actorId, IEnumerable<string> roles, string scheme) =>
        new(new ClaimsIdentity(
            [
                new(TenantClaim, tenantId.ToString()),
                new(ClaimTypes.NameIdentifier, actorId),
                .. roles.Select(role => new Claim(ClaimTypes.Role, role)),
            ],
            scheme));

    /// <summary>The tenant as text; empty where nobody is authenticated.</summary>
    public static string TenantOf(ClaimsPrincipal user) => user.FindFirstValue(TenantClaim) ?? "";

    public static ValueTask<Caller> BindAsync(HttpContext http)
    {
        var tenantId = Guid.Parse(http.User.FindFirstValue(TenantClaim)
            ?? throw new BpcException(BpcError.Unauthorized, "this route needs an API key"));
        if (tenantId == Guid.Empty && !HttpMethods.IsGet(http.Request.Method))
        {
            // The session of a fresh installation: it reads, and finds nothing.
            throw new BpcException(BpcError.InvalidState, "there is no tenant yet; ./bpc tenant create acme makes one");
        }

        var actorId = http.User.FindFirstValue(ClaimTypes.NameIdentifier)!;
        var key = IdempotencyKey(http.Request);
        var hash = key is null ? null : RequestBody.Of(http).Hash(http.Request);
        var call = new Call(tenantId, actorId, CorrelationId.Of(http), TraceParent(http.Request), key, hash);
        return ValueTask.FromResult(new Caller(call));
    }

    /// <summary>The span of this request; where nobody traces here, the client's own.</summary>
    private static string? TraceParent(HttpRequest request) =>
        Activity.Current?.Id
            ?? (request.Headers.TraceParent is [{ } sent] && ActivityContext.TryParse(sent, null, out _) ? sent : null);

    private static string? IdempotencyKey(HttpRequest request)
    {
        if (!HttpMethods.IsPost(request.Method) || !request.Headers.TryGetValue("Idempotency-Key", out var values))
        {
            return null;
        }

        return values is [{ Length: >= 1 and <= MaxIdempotencyKeyLength } key]
            && key.All(c => c is > ' ' and < '\u007f')
            ? key
            : throw new BpcException(
                BpcError.Validation,
                $"Idempotency-Key: one value of 1 to {MaxIdempotencyKeyLength} printable ASCII characters");
    }
}
