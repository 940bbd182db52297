using System.Diagnostics;
using Bpc.Core;
using Bpc.Core.Settings;
using Bpc.Gateway;
using Bpc.Tests.Database;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bpc.Tests.Gateway;

[Trait("Category", "Integration")]
public sealed class RateLimitTests(PostgresServer postgres)
{
    // So many requests are sent before a refusal is no longer expected; a slow machine gets tokens back meanwhile.
    private const int Patience = 400;

    private static readonly DateTimeOffset s_start = new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void A_bucket_gives_its_burst_at_once_and_then_so_many_a_second()
    {
        var bucket = new TokenBucket(perSecond: 10, burst: 30, s_start);

        Assert.Equal(30, bucket.Take(100, s_start));
        Assert.Equal(0, bucket.Take(1, s_start));
        Assert.Equal(TimeSpan.FromMilliseconds(100), bucket.UntilNext());
        Assert.Equal(5, bucket.Take(100, s_start.AddMilliseconds(500)));
        Assert.Equal(0, bucket.Take(1, s_start.AddHours(-1))); // the clock was set back, and counts on from there
        Assert.Equal(5, bucket.Take(100, s_start.AddHours(-1).AddMilliseconds(500)));
        Assert.Equal(30, bucket.Take(100, s_start.AddHours(1)));
    }

    [Fact]
    public async Task A_key_has_one_budget_in_all_gateways_and_the_refusal_says_when_to_come_again()
    {
        const int burst = 40;
        await using var gateway = await LimitedAsync(rps: 1, burst);
        await using var other = GatewayHost.Build([], gateway.Settings, gateway.Cluster, NullLoggerFactory.Instance);
        await other.StartAsync(Ct);
        var tenant = await gateway.CreateTenantAsync();
        using var elsewhere = new HttpClient { BaseAddress = new(other.Urls.Single()) };
        elsewhere.DefaultRequestHeaders.Authorization = tenant.Http.DefaultRequestHeaders.Authorization;

        var answers = new List<Answer>();
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < burst; i++)
        {
            answers.Add(await tenant.Http.GetAnswerAsync("/v1/documents"));
            answers.Add(await elsewhere.GetAnswerAsync("/v1/documents"));
        }

        // One a second comes back meanwhile; each gateway by itself would have let all eighty pass.
        var back = (int)Stopwatch.GetElapsedTime(began).TotalSeconds;
        Assert.InRange(answers.Count(a => a.Status == 200), burst * 3 / 4, (burst * 5 / 4) + (2 * back));
        var refused = answers.Last(a => a.Status == 429);
        Assert.Equal("RATE_LIMITED", refused["code"]);
        Assert.True(int.Parse(refused.Header("Retry-After")!) >= 1);
        Assert.Contains("\"key\";q=40;w=40", refused.Header("RateLimit-Policy"));
        Assert.Contains("\"key\";r=0;t=", refused.Header("RateLimit"));
        Assert.Contains("\"key\";r=", answers[0].Header("RateLimit"));
        Assert.Equal(200, (await gateway.Anonymous.GetAnswerAsync("/v1/health/live")).Status);
    }

    [Fact]
    public async Task Asking_after_health_spends_nobody_s_budget_though_it_comes_with_a_key()
    {
        await using var gateway = await LimitedAsync(rps: 1, burst: 5);
        var tenant = await gateway.CreateTenantAsync();
        for (var i = 0; i < 40; i++)
        {
            Assert.Equal(200, (await tenant.Http.GetAnswerAsync("/v1/health/live")).Status);
        }

        Assert.Equal(200, (await tenant.Http.GetAnswerAsync("/v1/documents")).Status);
    }

    [Fact]
    public async Task An_address_without_a_key_is_limited_before_anybody_looks_for_its_key()
    {
        await using var gateway = await LimitedAsync(rps: 1, burst: 5);
        var answers = new List<Answer>();
        var began = Stopwatch.GetTimestamp();
        while (answers.Count < Patience && answers is not [.., { Status: 429 }])
        {
            answers.Add(await gateway.Anonymous.GetAnswerAsync(
                "/v1/documents", ("Authorization", $"Bearer bpc_test_{answers.Count:x12}_{new string('0', 64)}")));
        }

        var back = (int)(4 * Stopwatch.GetElapsedTime(began).TotalSeconds); // four a second come back meanwhile
        Assert.InRange(answers.Count(a => a.Status == 401), 20, 22 + back);
        Assert.Equal(429, answers[^1].Status);
        Assert.Contains("\"address\";q=20;w=5", answers[^1].Header("RateLimit-Policy"));
    }

    [Fact]
    public async Task An_address_is_the_client_s_where_a_trusted_proxy_says_so_and_only_there()
    {
        await using var gateway = await LimitedAsync(rps: 1, burst: 5, proxies: ["127.0.0.0/8"]);
        for (var i = 0; i < 40; i++)
        {
            var answer = await gateway.Anonymous.GetAnswerAsync(
                "/v1/documents", ("X-Forwarded-For", $"203.0.113.{i}"));
            Assert.Equal(401, answer.Status); // each is another address
        }

        await using var unproxied = await LimitedAsync(rps: 1, burst: 5);
        var statuses = new List<int>();
        while (statuses.Count < Patience && statuses is not [.., 429])
        {
            statuses.Add((await unproxied.Anonymous.GetAnswerAsync(
                "/v1/documents", ("X-Forwarded-For", $"203.0.113.{statuses.Count % 250}"))).Status);
        }

        Assert.Equal(429, statuses[^1]);
    }

    [Fact]
    public async Task Nothing_is_limited_unless_the_setting_says_so()
    {
        await using var gateway = await RunningGateway.StartAsync(
            postgres, s => s with { Http = s.Http with { RateLimitRps = 1, RateLimitBurst = 1 } });
        var tenant = await gateway.CreateTenantAsync();
        for (var i = 0; i < 10; i++)
        {
            var answer = await tenant.Http.GetAnswerAsync("/v1/documents");
            Assert.Equal((200, null), (answer.Status, answer.Header("RateLimit")));
        }
    }

    private Task<RunningGateway> LimitedAsync(int rps, int burst, params string[] proxies) =>
        RunningGateway.StartAsync(postgres, s => s with
        {
            Http = new HttpSettings(Port: 0, RateLimitEnabled: true, RateLimitRps: rps, RateLimitBurst: burst)
            {
                TrustedProxies = proxies,
            },
        });
}
