using Bpc.Core;
using Bpc.Gateway.Http;
using Bpc.GrainInterfaces;
using Bpc.GrainInterfaces.Audit;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Caching.Memory;

namespace Bpc.Gateway.Auth;

/// <summary>
/// Has what a key was refused written down as an event: for each key and permission once in ten minutes and gateway, so
/// that a flood of requests makes no flood of events.
/// </summary>
internal sealed class Denials(IGrainFactory grains) : IDisposable
{
    private const int MaxPathLength = 200;

    private static readonly TimeSpan s_apart = TimeSpan.FromMinutes(10);

    private readonly MemoryCache _told = new(new MemoryCacheOptions { SizeLimit = 10_000 });

    /// <summary>Nobody waits for it; where no silo answers, the denial stands without an event.</summary>
    public void Tell(HttpContext http, ApiKeyRow key, BpcException refusal)
    {
        var permission = refusal.Code == BpcError.Forbidden ? Permission(http) : null;
        var about = (key.ApiKeyId, permission ?? refusal.Code.Name);
        if (_told.TryGetValue(about, out _))
        {
            return;
        }

        _told.Set(about, true, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = s_apart });
        var denial = new Denial(
            http.Request.Method, ShortText.Of(http.Request.Path.Value ?? "", MaxPathLength), refusal.Code.Name,
            permission, refusal.Message);
        var call = new Call(key.TenantId, $"api_key:{key.ApiKeyId}", CorrelationId.Of(http));
        ClusterErrors.Forget(() => grains.GetGrain<IAuditGrain>(key.TenantId).DeniedAsync(call, denial));
    }

    public void Dispose() => _told.Dispose();

    private static string? Permission(HttpContext http) => http.GetEndpoint()?.Metadata
        .GetOrderedMetadata<IAuthorizeData>().LastOrDefault(a => a.Policy is not null)?.Policy;
}
