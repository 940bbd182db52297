using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Bpc.Core.ApiKeys;
using Bpc.Core.Settings;
using Bpc.Gateway;
using Bpc.Grains;
using Bpc.Grains.Tenants;
using Bpc.Tests.Database;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Dashboard;
using Orleans.TestingHost;

namespace Bpc.Tests.Gateway;

/// <summary>A gateway on a free port, a silo in this process and a database of its own.</summary>
internal sealed class RunningGateway : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;

    private RunningGateway(
        TestDatabase database, InProcessTestCluster cluster, BpcSettings settings, WebApplication app)
    {
        (Database, _cluster, Settings, App) = (database, cluster, settings, app);
        Address = new(
            app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        Anonymous = new(
            new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        { BaseAddress = Address };
    }

    public TestDatabase Database { get; }

    public BpcSettings Settings { get; }

    public WebApplication App { get; }

    public IClusterClient Cluster => _cluster.Client;

    public Uri Address { get; }

    /// <summary>A client without a key.</summary>
    public HttpClient Anonymous { get; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<RunningGateway> StartAsync(
        PostgresServer postgres, Func<BpcSettings, BpcSettings>? change = null)
    {
        var database = await postgres.CreateDatabaseAsync();
        var settings = new BpcSettings
        {
            Environment = "test",
            Database = database.Settings,
            Http = new(
                Port: 0),
            ApiKeyPepper = [.. Enumerable.Repeat((byte)7, 32)],
        };
        settings = change?.Invoke(settings) ?? settings;
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) => silo.AddBpcGrains(settings).AddDashboard().UseInMemoryReminderService());
        var cluster = builder.Build();
        await cluster.DeployAsync(Ct);
        var app = GatewayHost.Build([], settings, cluster.Client, NullLoggerFactory.Instance);
        await app.StartAsync(Ct);
        return new(database, cluster, settings, app);
    }

    /// <summary>A service of the silo behind the gateway.</summary>
    public T Service<T>() where T : notnull => _cluster.Silos[0].ServiceProvider.GetRequiredService<T>();

    /// <summary>A tenant of its own, and a client with its key.</summary>
    public async Task<Tenant> CreateTenantAsync()
    {
        var made = await TenantAdministration.CreateAsync(
            Database.DataSource, Settings.ApiKeyPepper, $"t-{Guid.CreateVersion7():n}", Settings.Environment, Ct);
        return new(made.TenantId, made.ApiKey, Client(made.ApiKey));
    }

    /// <summary>Another key of the tenant.</summary>
    public async Task<string> CreateKeyAsync(Guid tenantId, string role, DateTime? expiresAt = null)
    {
        var key = ApiKey.Make(
            Settings.Environment, Guid.NewGuid().ToByteArray()
                .AsSpan(0, ApiKey.PrefixBytes), new byte[ApiKey.SecretBytes]);
        await Database.ExecuteAsync(
            """
            INSERT INTO api_keys (api_key_id, tenant_id, prefix, key_hash, role, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6::timestamptz)
            """,
            Guid.CreateVersion7(), tenantId, key.Prefix, key.Hash(Settings.ApiKeyPepper), role, expiresAt);
        return key.Text;
    }

    public HttpClient Client(string apiKey)
    {
        var client = new HttpClient(
            new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", apiKey);
        return client;
    }

    /// <summary>What comes back byte for byte, for what no HTTP client would send or show.</summary>
    public async Task<string> SendRawAsync(string request)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(Address.Host, Address.Port, Ct);
        await connection.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request), Ct);
        using var reader = new StreamReader(connection.GetStream(), Encoding.Latin1);
        return await reader.ReadToEndAsync(Ct);
    }

    public async ValueTask DisposeAsync()
    {
        Anonymous.Dispose();
        await App.DisposeAsync();
        await _cluster.DisposeAsync();
        await Database.DisposeAsync();
    }
}

/// <summary>A tenant and its Admin's client.</summary>
internal sealed record Tenant(Guid Id, string ApiKey, HttpClient Http);

/// <summary>An answer read whole.</summary>
internal sealed record Answer(int Status, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders, byte[] Bytes)
{
    public string Text => Encoding.UTF8.GetString(Bytes);

    public JsonElement Json => JsonDocument.Parse(Bytes).RootElement;

    /// <summary>The text of a member, such as the code of a problem.</summary>
    public string? this[string member] => Json.GetProperty(member).GetString();

    /// <summary>A header of the answer or of its content; null where it is not there.</summary>
    public string? Header(string name) =>
        Headers.TryGetValues(name, out var values) || ContentHeaders.TryGetValues(name, out values)
            ? string.Join(", ", values) : null;
}

internal static class HttpClientExtensions
{
    public static Task<Answer> GetAnswerAsync(
        this HttpClient http, string path, params (string Name, string Value)[] headers) =>
        http.SendAsync(HttpMethod.Get, path, null, headers);

    public static Task<Answer> PostAsync(
        this HttpClient http, string path, string? json = null, params (string Name, string Value)[] headers) =>
        http.SendAsync(
            HttpMethod.Post, path, json is null
                ? null : new StringContent(json, Encoding.UTF8, "application/json"), headers);

    public static async Task<Answer> SendAsync(
        this HttpClient http, HttpMethod method, string path, HttpContent? content,
        params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return new(
            (int)response.StatusCode, response.Headers, response.Content.Headers,
            await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }
}
