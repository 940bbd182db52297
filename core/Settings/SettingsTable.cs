using static Bpc.Core.Settings.Form;
using static Bpc.Core.Settings.Setting;

namespace Bpc.Core.Settings;

/// <summary>Every variable BPC reads, in the order of docs/settings.md.</summary>
public static class SettingsTable
{
    public static IReadOnlyList<Setting> All { get; } =
    [
        // First, because it decides the defaults of others.
        Of("BPC_ENV", "dev", OneOf("dev", "test", "prod"),
            (s, v) => s with { Environment = v, WebhookAllowCidrs = v == "prod" ? [] : s.WebhookAllowCidrs },
            "what kind of installation this is; test and prod ask for what they require"),
        Of("BPC_WORKER_ID", "worker-1", Name, (s, v) => s with { WorkerId = v },
            "unique name of this worker, shown in lease_owner")
            with { RequiredIn = ["prod"], RequiredBy = Servers.Silo },
        Of("BPC_COMPILER_BUILD_ID", "dev", Name, (s, v) => s with { CompilerBuildId = v },
            "git commit of this build, stands in every receipt")
            with { RequiredIn = ["prod"], RequiredBy = Servers.Silo },
        .. Database, .. Jobs, .. Signing, .. Queue, .. Http, .. Silo, .. Logs, .. Limits,
    ];

    private static IEnumerable<Setting> Database =>
    [
        Of("BPC_DB_HOST", "none", Host, (s, v) => s with { Database = s.Database with { Host = v } },
            "PostgreSQL host; none: `bpc up` runs a private PostgreSQL of its own")
            with { RequiredIn = ["prod"] },
        Of("BPC_DB_PORT", "5432", Port, (s, v) => s with { Database = s.Database with { Port = v } },
            "PostgreSQL port"),
        Of("BPC_DB_USER", "postgres", Text, (s, v) => s with { Database = s.Database with { User = v } },
            "PostgreSQL user"),
        Of("BPC_DB_PASSWORD", "postgres", Text, (s, v) => s with { Database = s.Database with { Password = v } },
            "PostgreSQL password") with { Secret = true },
        Of("BPC_DB_NAME", "bpc", Text, (s, v) => s with { Database = s.Database with { Name = v } }, "database name"),
        Of("BPC_DB_POOL_SIZE", "40", Whole(4, 1000), (s, v) => s with { Database = s.Database with { PoolSize = v } },
            "connections for the calls and queries of one process; a silo opens some 25 more (claims, commits, "
            + "Orleans, notifications)"),
        Of("BPC_DB_SSLMODE", "prefer", SslMode, (s, v) => s with { Database = s.Database with { SslMode = v } },
            "encryption of the connection, as libpq's sslmode"),
    ];

    private static IEnumerable<Setting> Jobs =>
    [
        Of("BPC_JOBS_POLL_INTERVAL_MS", "1000", Milliseconds(10, 600_000),
            (s, v) => s with { Jobs = s.Jobs with { PollInterval = v } },
            "how often a silo looks for jobs nobody told it of"),
        Of("BPC_JOBS_LEASE_SECONDS", "60", Seconds(2, 3600),
            (s, v) => s with { Jobs = s.Jobs with { Lease = v } }, "how long a claimed job is held without renewal"),
        Of("BPC_JOBS_LEASE_RENEW_SECONDS", "30", Seconds(1, 1800),
            (s, v) => s with { Jobs = s.Jobs with { LeaseRenew = v } },
            "how often leases are renewed; at most half a lease"),
        Of("BPC_JOBS_MAX_ATTEMPTS_DEFAULT", "5", Whole(1, 100),
            (s, v) => s with { Jobs = s.Jobs with { MaxAttemptsDefault = v } },
            "starts a job has before it is DEAD_LETTER"),
        Of("BPC_JOBS_CONCURRENCY", "200", Whole(1, 10_000),
            (s, v) => s with { Jobs = s.Jobs with { Concurrency = v } }, "jobs one silo runs at once"),
        Of("BPC_JOBS_COMMIT_GROUP", "500", Whole(1, 5_000),
            (s, v) => s with { Jobs = s.Jobs with { CommitGroup = v } },
            "jobs that share a commit at most; 1: each commits alone"),
        Of("BPC_JOBS_AGEING_SECONDS", "600", Seconds(1, 86_400),
            (s, v) => s with { Jobs = s.Jobs with { Ageing = v } },
            "how much waiting a step of priority is worth, so that nothing starves"),
        Of("BPC_JOBS_BACKOFF_BASE_SECONDS", "2", Seconds(1, 3600),
            (s, v) => s with { Jobs = s.Jobs with { BackoffBase = v } },
            "base of the exponential backoff between attempts"),
        Of("BPC_JOBS_BACKOFF_MAX_SECONDS", "1024", Seconds(1, 86_400),
            (s, v) => s with { Jobs = s.Jobs with { BackoffMax = v } }, "longest backoff between attempts"),
        Of("BPC_JOBS_SHUTDOWN_GRACE_SECONDS", "20", Seconds(0, 600),
            (s, v) => s with { Jobs = s.Jobs with { ShutdownGrace = v } },
            "how long a stopping silo lets its jobs finish"),
        Of("BPC_JOBS_HORIZON_WARN_SECONDS", "300", Seconds(2, 86_400),
            (s, v) => s with { Jobs = s.Jobs with { HorizonWarning = v } },
            "a database snapshot held that long is warned of: nothing dead is vacuumed behind it"),
        Of("BPC_RETENTION_JOBS_DAYS", "none", Whole(1, 36_500), (s, v) => s with { RetentionJobsDays = v },
            "finished jobs older than this are removed; none keeps them"),
    ];

    private static IEnumerable<Setting> Signing =>
    [
        Of("BPC_SIGNING_KEY_ID", "dev-key-1", Name, (s, v) => s with { Signing = s.Signing with { KeyId = v } },
            "name of the signing key; stands beside each signature"),
        Of("BPC_SIGNING_ED25519_PRIVATE_KEY_BASE64", "none", SigningKey,
            (s, v) => s with { Signing = s.Signing with { PrivateKeyBase64 = v } },
            "key that signs receipts, or BPC_SIGNING_KEY_FILE; `bpc keys new-signing` makes one")
            with
        {
            RequiredIn = ["prod"],
            RequiredBy = Servers.Silo, // a gateway signs nothing
            Secret = true,
            Instead = "BPC_SIGNING_KEY_FILE",
        },
        Of("BPC_SIGNING_KEY_FILE", "none", Text, (s, v) => s with { Signing = s.Signing with { KeyFile = v } },
            "file with that key, as base64 or PEM; only its owner may read it"),
        Of("BPC_API_KEY_PEPPER_BASE64", "none", Pepper, (s, v) => s with { ApiKeyPepper = v },
            "secret under which API keys are hashed and stored secrets encrypted; dev: one kept under `.bpc/keys`")
            with { RequiredIn = ["test", "prod"], Secret = true },
    ];

    private static IEnumerable<Setting> Queue =>
    [
        Of("BPC_QUEUE_ENABLED", "false", Flag, (s, v) => s with { Queue = s.Queue with { Enabled = v } },
            "RabbitMQ wakes the silos; without it the database does"),
        Of("BPC_QUEUE_URL", "none", Address("amqp", "amqps"), (s, v) => s with { Queue = s.Queue with { Url = v } },
            "RabbitMQ address; required where the queue is enabled") with { Secret = true },
        Of("BPC_QUEUE_EXCHANGE", "bpc", Name, (s, v) => s with { Queue = s.Queue with { Exchange = v } },
            "RabbitMQ exchange"),
        Of("BPC_QUEUE_ROUTING_KEY", "jobs.trigger", Name, (s, v) => s with { Queue = s.Queue with { RoutingKey = v } },
            "RabbitMQ routing key"),
        Of("BPC_HEALTH_REQUIRE_QUEUE", "false", Flag,
            (s, v) => s with { Metrics = s.Metrics with { HealthRequireQueue = v } },
            "a silo that hears no RabbitMQ triggers reports itself not ready"),
    ];

    private static IEnumerable<Setting> Http =>
    [
        Of("BPC_HTTP_HOST", "127.0.0.1", Host, (s, v) => s with { Http = s.Http with { Host = v } },
            "address the HTTP servers listen on; 0.0.0.0 for all"),
        Of("BPC_HTTP_PORT", "8080", Port, (s, v) => s with { Http = s.Http with { Port = v } }, "port of the gateway"),
        Of("BPC_PUBLIC_BASE_URL", "none", Address("http", "https"),
            (s, v) => s with { Http = s.Http with { PublicBaseUrl = v.TrimEnd('/') } },
            "address under which phones and browsers reach the gateway; none: the Host of each request")
            // Else whoever asks decides where printed codes lead and who signs.
            with { RequiredIn = ["prod"], RequiredBy = Servers.Gateway },
        Of("BPC_AUDIENCE_LEGITIMATE_INTEREST", "public,restricted,legitimate_interest", Sections,
            (s, v) => s with { Audiences = s.Audiences with { LegitimateInterest = v } },
            "sections shown to persons with a legitimate interest"),
        Of("BPC_AUDIENCE_AUTHORITIES", "public,restricted,authorities", Sections,
            (s, v) => s with { Audiences = s.Audiences with { Authorities = v } }, "sections shown to authorities"),
        Of("BPC_TRUSTED_PROXIES", "none", AddressRanges,
            (s, v) => s with { Http = s.Http with { TrustedProxies = v } },
            "address ranges of proxies before the gateway, whose X-Forwarded-For is believed"),
        Of("BPC_RATE_LIMIT_ENABLED", "false", Flag, (s, v) => s with { Http = s.Http with { RateLimitEnabled = v } },
            "limits requests by API key, and by address to four times as many"),
        Of("BPC_RATE_LIMIT_RPS", "50", Whole(1, 100_000), (s, v) => s with { Http = s.Http with { RateLimitRps = v } },
            "requests a second in the long run"),
        Of("BPC_RATE_LIMIT_BURST", "100", Whole(1, 100_000),
            (s, v) => s with { Http = s.Http with { RateLimitBurst = v } },
            "requests at once"),
        Of("BPC_WEBHOOK_ALLOW_CIDRS", "127.0.0.0/8,::1/128 (prod: none)", AddressRanges,
            (s, v) => s with { WebhookAllowCidrs = v },
            "private address ranges that webhooks may reach"),
        Of("BPC_WEBHOOK_CONCURRENCY", "8", Whole(1, 1000), (s, v) => s with { WebhookConcurrency = v },
            "deliveries under way to one endpoint at once"),
        Of("BPC_RETENTION_IDEMPOTENCY_DAYS", "7", Whole(1, 365), (s, v) => s with { RetentionIdempotencyDays = v },
            "days for which a repeated Idempotency-Key gives its first answer"),
        Of("BPC_RETENTION_WEBHOOKS_DAYS", "none", Whole(1, 36_500), (s, v) => s with { RetentionWebhooksDays = v },
            "webhook deliveries that ended longer ago are removed; none keeps them"),
    ];

    private static IEnumerable<Setting> Silo =>
    [
        Of("BPC_SILO_HOST", "127.0.0.1", Host, (s, v) => s with { Silo = s.Silo with { Host = v } },
            "address or name under which the other silos and the gateways reach this silo"),
        Of("BPC_SILO_PORT", "a free port", Port, (s, v) => s with { Silo = s.Silo with { SiloPort = v } },
            "port between silos"),
        Of("BPC_GATEWAY_PORT", "a free port", Port, (s, v) => s with { Silo = s.Silo with { GatewayPort = v } },
            "port of a silo for Orleans clients"),
        Of("BPC_SILO_HTTP_PORT", "8081, else a free port", Port,
            (s, v) => s with { Silo = s.Silo with { HttpPort = v } },
            "port of a silo's health, metrics and dashboard"),
        Of("BPC_DASHBOARD_PASSWORD", "none", Text,
            (s, v) => s with { Silo = s.Silo with { DashboardPassword = v } },
            "opens the dashboard of a silo's port; outside prod an Admin's API key does too") with { Secret = true },
        Of("BPC_CLUSTER_ID", "bpc", Name, (s, v) => s with { Silo = s.Silo with { ClusterId = v } },
            "Orleans cluster; silos and gateways of one cluster share it"),
        Of("BPC_SERVICE_ID", "bpc", Name, (s, v) => s with { Silo = s.Silo with { ServiceId = v } },
            "Orleans service; keeps its name across clusters"),
    ];

    private static IEnumerable<Setting> Logs =>
    [
        Of("BPC_LOG_LEVEL", "info", OneOf("trace", "debug", "info", "warn", "error"),
            (s, v) => s with { Log = s.Log with { Level = v } },
            "least level that is logged"),
        Of("BPC_LOG_JSON", "false", Flag, (s, v) => s with { Log = s.Log with { Json = v } },
            "one JSON object a line instead of text"),
        Of("BPC_LOG_FILE", "none", Text, (s, v) => s with { Log = s.Log with { File = v } },
            "file the log also goes to"),
        Of("BPC_METRICS_ENABLED", "true", Flag, (s, v) => s with { Metrics = s.Metrics with { Enabled = v } },
            "serves Prometheus metrics at /v1/metrics"),
        Of("BPC_METRICS_TOKEN", "none", Text, (s, v) => s with { Metrics = s.Metrics with { Token = v } },
            "bearer token that /v1/metrics then asks for") with { Secret = true },
        Of("BPC_METRICS_TENANTS", "100", Whole(0, 1000),
            (s, v) => s with { Metrics = s.Metrics with { Tenants = v } },
            "most tenants that metrics name; the rest are counted together as `other`"),
    ];

    private static IEnumerable<Setting> Limits =>
    [
        Of("BPC_PAYLOAD_MAX_BYTES", "131072", Bytes, (s, v) => s with { Limits = s.Limits with { Payload = v } },
            "largest payload with its sections"),
        Of("BPC_PROOF_MAX_BYTES", "262144", Bytes, (s, v) => s with { Limits = s.Limits with { Proof = v } },
            "largest proof"),
        Of("BPC_RECEIPT_MAX_BYTES", "16384", Bytes, (s, v) => s with { Limits = s.Limits with { Receipt = v } },
            "largest receipt"),
    ];
}
