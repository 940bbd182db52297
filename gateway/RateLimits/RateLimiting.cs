using Bpc.Core;
using Bpc.Core.Settings;
using Bpc.Gateway.Auth;
using Bpc.Gateway.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Caching.Memory;

namespace Bpc.Gateway.RateLimits;

/// <summary>
/// BPC_RATE_LIMIT_*: how many requests an address (before authentication) and an API key (after it) may make. Answers
/// tell what is left as RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers).
/// </summary>
internal sealed class RateLimiting(BpcSettings settings, IGrainFactory grains, TimeProvider clock) : IDisposable
{
    private readonly HttpSettings _http = settings.Http;
    private readonly AddressBudgets _addresses = new(settings.Http);
    private readonly MemoryCache _keys = new(new MemoryCacheOptions { SizeLimit = 10_000 });

    /// <summary>Who a request is from where a proxy stands before us, and is one of BPC_TRUSTED_PROXIES.</summary>
    public static void BehindProxies(IApplicationBuilder app, HttpSettings settings)
    {
        if (settings.TrustedProxies.Count > 0)
        {
            var options = new ForwardedHeadersOptions
            {
                ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            };
            options.KnownIPNetworks.Clear();
            options.KnownProxies.Clear();
            foreach (var range in settings.TrustedProxies)
            {
                options.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(range));
            }

            app.UseForwardedHeaders(options);
        }
    }

    /// <summary>Before authentication.</summary>
    public Task ByAddressAsync(HttpContext http, RequestDelegate next) => IsWatching(http)
        ? next(http)
        : PassAsync(
            http, next, _addresses.Spend(http.Connection.RemoteIpAddress), "address", AddressBudgets.KeysAnAddress);

    /// <summary>After authentication; who has no key was counted by address alone.</summary>
    public async Task ByKeyAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Features.Get<ApiKeyRow>() is { } key && !IsWatching(http))
        {
            await PassAsync(http, next, await Budget(key.ApiKeyId).SpendAsync(), "key", times: 1);
        }
        else
        {
            await next(http);
        }
    }

    public void Dispose()
    {
        _addresses.Dispose();
        _keys.Dispose();
    }

    // What watches this process must reach it while somebody floods it, and costs nobody's budget.
    private static bool IsWatching(HttpContext http) =>
        http.Request.Path.StartsWithSegments("/v1/health") || http.Request.Path.StartsWithSegments("/v1/metrics");

    private KeyBudget Budget(Guid apiKeyId) => _keys.GetOrCreate(apiKeyId, entry =>
    {
        entry.Size = 1;
        entry.SlidingExpiration = TimeSpan.FromMinutes(1);
        return new KeyBudget(grains, apiKeyId, _http.RateLimitRps, _http.RateLimitBurst, clock);
    })!;

    private async Task PassAsync(
        HttpContext http, RequestDelegate next, RateDecision decision, string policy, int times)
    {
        var window = Math.Max(1, (int)Math.Ceiling((double)_http.RateLimitBurst / _http.RateLimitRps));
        var wait = Math.Max(1, (int)Math.Ceiling(decision.RetryAfter.TotalSeconds));
        http.Response.OnStarting(() => // late: the exception handler clears the headers
        {
            var headers = http.Response.Headers;
            headers.Append("RateLimit-Policy", $"\"{policy}\";q={_http.RateLimitBurst * times};w={window}");
            headers.Append("RateLimit", $"\"{policy}\";r={decision.Left};t={(decision.Allowed ? window : wait)}");
            if (!decision.Allowed)
            {
                headers.RetryAfter = $"{wait}";
            }

            return Task.CompletedTask;
        });
        if (decision.Allowed)
        {
            await next(http);
        }
        else
        {
            await Problems.WriteAsync(
                http, new(BpcError.RateLimited, $"too many requests of this {policy}; come again in {wait} s"));
        }
    }
}
