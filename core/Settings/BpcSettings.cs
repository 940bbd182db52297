using Bpc.Core.Passports;

namespace Bpc.Core.Settings;

/// <summary>
/// Every BPC_* variable, read once and checked before anything starts. Names, defaults and limits: docs/settings.md.
/// </summary>
public sealed record BpcSettings
{
    /// <summary>BPC_ENV: dev, test or prod.</summary>
    public string Environment { get; init; } = "dev";

    /// <summary>BPC_WORKER_ID: unique to a worker; stands in lease_owner.</summary>
    public string WorkerId { get; init; } = "worker-1";

    /// <summary>BPC_COMPILER_BUILD_ID: the git commit; stands in receipts.</summary>
    public string CompilerBuildId { get; init; } = "dev";

    public DatabaseSettings Database { get; init; } = new();

    public JobSettings Jobs { get; init; } = new();

    public SigningSettings Signing { get; init; } = new();

    public QueueSettings Queue { get; init; } = new();

    public HttpSettings Http { get; init; } = new();

    public SiloSettings Silo { get; init; } = new();

    public LogSettings Log { get; init; } = new();

    public MetricsSettings Metrics { get; init; } = new();

    /// <summary>BPC_PAYLOAD_MAX_BYTES, BPC_PROOF_MAX_BYTES, BPC_RECEIPT_MAX_BYTES.</summary>
    public ArtefactLimits Limits { get; init; } = new();

    /// <summary>
    /// BPC_API_KEY_PEPPER_BASE64: at least 32 bytes; keys are stored as HMAC-SHA256 under it, secrets encrypted under
    /// keys derived from it.
    /// </summary>
    public byte[] ApiKeyPepper { get; init; } = [];

    /// <summary>
    /// BPC_WEBHOOK_ALLOW_CIDRS: address ranges webhooks may reach although they are private; none by default in prod.
    /// </summary>
    public IReadOnlyList<string> WebhookAllowCidrs { get; init; } = ["127.0.0.0/8", "::1/128"];

    /// <summary>BPC_WEBHOOK_CONCURRENCY: deliveries under way to one endpoint at once.</summary>
    public int WebhookConcurrency { get; init; } = 8;

    /// <summary>BPC_RETENTION_IDEMPOTENCY_DAYS: how long the answer to an idempotency key is kept.</summary>
    public int RetentionIdempotencyDays { get; init; } = 7;

    /// <summary>BPC_RETENTION_WEBHOOKS_DAYS: ended deliveries older than this are removed; null keeps them.</summary>
    public int? RetentionWebhooksDays { get; init; }

    /// <summary>BPC_RETENTION_JOBS_DAYS: finished jobs older than this are removed; null keeps them.</summary>
    public int? RetentionJobsDays { get; init; }

    public AudienceSettings Audiences { get; init; } = new();

    public bool IsProduction => Environment == "prod";
}

/// <summary>
/// BPC_AUDIENCE_*: which sections each audience sees. The public always sees the public section alone.
/// </summary>
public sealed record AudienceSettings
{
    public IReadOnlyList<string> LegitimateInterest { get; init; } =
        [SectionNames.Public, SectionNames.Restricted, SectionNames.LegitimateInterest];

    public IReadOnlyList<string> Authorities { get; init; } =
        [SectionNames.Public, SectionNames.Restricted, SectionNames.Authorities];
}

/// <summary>BPC_DB_*. <paramref name="Host"/> null: <c>bpc up</c> runs its own PostgreSQL.</summary>
public sealed record DatabaseSettings(
    string? Host = null, int Port = 5432, string User = "postgres", string Password = "postgres", string Name = "bpc",
    int PoolSize = 40, string SslMode = "Prefer")
{
    // A password stays out of logs even when somebody prints the settings.
    public override string ToString() => $"{User}@{Host}:{Port}/{Name}";
}

/// <summary>BPC_JOBS_*.</summary>
public sealed record JobSettings
{
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(1000);

    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(60);

    public TimeSpan LeaseRenew { get; init; } = TimeSpan.FromSeconds(30);

    public int MaxAttemptsDefault { get; init; } = 5;

    /// <summary>BPC_JOBS_CONCURRENCY: jobs one silo runs at once.</summary>
    public int Concurrency { get; init; } = 200;

    /// <summary>
    /// BPC_JOBS_AGEING_SECONDS: a step of priority is worth that much waiting, so that nothing starves.
    /// </summary>
    public TimeSpan Ageing { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary>BPC_JOBS_COMMIT_GROUP: jobs that share a commit at most.</summary>
    public int CommitGroup { get; init; } = 500;

    public TimeSpan BackoffBase { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan BackoffMax { get; init; } = TimeSpan.FromSeconds(1024);

    /// <summary>
    /// BPC_JOBS_HORIZON_WARN_SECONDS: a snapshot held that long is warned of, because nothing dead is vacuumed behind
    /// it.
    /// </summary>
    public TimeSpan HorizonWarning { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>
    /// BPC_JOBS_SHUTDOWN_GRACE_SECONDS: how long a stopping silo lets its handlers finish before it releases them.
    /// </summary>
    public TimeSpan ShutdownGrace { get; init; } = TimeSpan.FromSeconds(20);
}

/// <summary>BPC_SIGNING_KEY_ID, and BPC_SIGNING_ED25519_PRIVATE_KEY_BASE64 or BPC_SIGNING_KEY_FILE.</summary>
public sealed record SigningSettings(
    string KeyId = "dev-key-1", string? PrivateKeyBase64 = null, string? KeyFile = null)
{
    public override string ToString() => $"signing key {KeyId}";
}

/// <summary>BPC_QUEUE_*: the RabbitMQ trigger.</summary>
public sealed record QueueSettings(
    bool Enabled = false, string? Url = null, string Exchange = "bpc", string RoutingKey = "jobs.trigger")
{
    public override string ToString() => $"queue {(Enabled ? "on" : "off")}, {Exchange}/{RoutingKey}";
}

/// <summary>
/// BPC_HTTP_HOST, BPC_HTTP_PORT, BPC_PUBLIC_BASE_URL, BPC_TRUSTED_PROXIES, BPC_RATE_LIMIT_*: the gateway.
/// </summary>
public sealed record HttpSettings(
    string Host = "127.0.0.1", int Port = 8080, string? PublicBaseUrl = null,
    bool RateLimitEnabled = false, int RateLimitRps = 50, int RateLimitBurst = 100)
{
    /// <summary>Address ranges of the proxies whose X-Forwarded-For is believed.</summary>
    public IReadOnlyList<string> TrustedProxies { get; init; } = [];
}

/// <summary>
/// BPC_SILO_HOST, under which other silos and gateways reach this one; BPC_SILO_PORT, BPC_GATEWAY_PORT,
/// BPC_SILO_HTTP_PORT: null takes a free port (HTTP: 8081, else a free one). BPC_CLUSTER_ID, BPC_SERVICE_ID.
/// </summary>
public sealed record SiloSettings(
    int? SiloPort = null, int? GatewayPort = null, int? HttpPort = null,
    string ClusterId = "bpc", string ServiceId = "bpc",
    string Host = "127.0.0.1")
{
    /// <summary>BPC_DASHBOARD_PASSWORD: opens the dashboard of a silo's own port.</summary>
    public string? DashboardPassword { get; init; }

    public override string ToString() => $"silo of {ServiceId}/{ClusterId} at {Host}";
}

/// <summary>BPC_LOG_LEVEL, BPC_LOG_JSON, BPC_LOG_FILE.</summary>
/// <param name="Console">No variable: false where the terminal is for something else, as in the demo.</param>
public sealed record LogSettings(string Level = "info", bool Json = false, string? File = null, bool Console = true);

/// <summary>BPC_METRICS_ENABLED, BPC_METRICS_TOKEN, BPC_METRICS_TENANTS, BPC_HEALTH_REQUIRE_QUEUE.</summary>
/// <param name="Tenants">Tenants with a label of their own.</param>
public sealed record MetricsSettings(
    bool Enabled = true, string? Token = null, bool HealthRequireQueue = false, int Tenants = 100)
{
    public override string ToString() => $"metrics {(Enabled ? "on" : "off")}";
}
