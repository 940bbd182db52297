using System.Text.RegularExpressions;
using Bpc.Core;
using Bpc.Core.Settings;

namespace Bpc.Tests.Settings;

public sealed class SettingsReaderTests
{
    private static readonly string s_seed = Convert.ToBase64String([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);

    private static readonly Dictionary<string, string> s_production = new()
    {
        ["BPC_ENV"] = "prod",
        ["BPC_WORKER_ID"] = "worker-7",
        ["BPC_DB_HOST"] = "db.example.org",
        ["BPC_COMPILER_BUILD_ID"] = "3f2a9c0",
        ["BPC_SIGNING_ED25519_PRIVATE_KEY_BASE64"] = s_seed,
        ["BPC_API_KEY_PEPPER_BASE64"] = s_seed,
        ["BPC_PUBLIC_BASE_URL"] = "https://passports.example.org",
    };

    [Fact]
    public void With_nothing_set_the_defaults_hold() =>
        Assert.Equivalent(new BpcSettings(), SettingsReader.Read(new Dictionary<string, string>()), strict: true);

    [Fact]
    public void The_defaults_shown_in_the_table_are_the_defaults()
    {
        // Defaults in words ("none", "a free port", …) have no text to read.
        var shown = SettingsTable.All.Where(s => !s.Default.Contains(' ') && s.Default != "none")
            .ToDictionary(s => s.Name, s => s.Default);
        Assert.Equivalent(new BpcSettings(), SettingsReader.Read(shown), strict: true);
        Assert.True(shown.Count > 30);
    }

    [Fact]
    public void The_quickstarts_variables_are_read()
    {
        var settings = Read(
            ("BPC_WORKER_ID", "worker-1"), ("BPC_DB_HOST", "localhost"), ("BPC_DB_PORT", "5433"),
            ("BPC_DB_USER", "bpc"), ("BPC_DB_PASSWORD", "p w"), ("BPC_DB_NAME", "bpc_test"),
            ("BPC_DB_SSLMODE", "verify-ca"),
            ("BPC_JOBS_POLL_INTERVAL_MS", "250"), ("BPC_JOBS_LEASE_SECONDS", "90"),
            ("BPC_JOBS_LEASE_RENEW_SECONDS", "45"),
            ("BPC_COMPILER_BUILD_ID", "0123abc"), ("BPC_SIGNING_KEY_ID", "dev-key-2"), ("BPC_QUEUE_ENABLED", "true"),
            ("BPC_QUEUE_URL", "amqp://guest:guest@localhost:5672/"), ("BPC_METRICS_ENABLED", "FALSE"),
            ("BPC_LOG_JSON", "true"));

        Assert.Equal(new("localhost", 5433, "bpc", "p w", "bpc_test", SslMode: "VerifyCA"), settings.Database);
        Assert.Equal(TimeSpan.FromMilliseconds(250), settings.Jobs.PollInterval);
        Assert.Equal(TimeSpan.FromSeconds(90), settings.Jobs.Lease);
        Assert.Equal(TimeSpan.FromSeconds(45), settings.Jobs.LeaseRenew);
        Assert.Equal(("0123abc", "dev-key-2"), (settings.CompilerBuildId, settings.Signing.KeyId));
        Assert.Equal(new(true, "amqp://guest:guest@localhost:5672/"), settings.Queue);
        Assert.False(settings.Metrics.Enabled);
        Assert.True(settings.Log.Json);
    }

    [Theory]
    [InlineData(Servers.Silo, "BPC_WORKER_ID", "BPC_COMPILER_BUILD_ID", "BPC_DB_HOST",
        "BPC_SIGNING_ED25519_PRIVATE_KEY_BASE64", "BPC_API_KEY_PEPPER_BASE64")]
    [InlineData(Servers.Gateway, "BPC_DB_HOST", "BPC_API_KEY_PEPPER_BASE64", "BPC_PUBLIC_BASE_URL")]
    [InlineData(Servers.Both, "BPC_WORKER_ID", "BPC_COMPILER_BUILD_ID", "BPC_DB_HOST",
        "BPC_SIGNING_ED25519_PRIVATE_KEY_BASE64", "BPC_API_KEY_PEPPER_BASE64", "BPC_PUBLIC_BASE_URL")]
    public void In_prod_what_a_server_needs_must_be_set_and_nothing_else(Servers servers, params string[] needed)
    {
        var variables = new Dictionary<string, string> { ["BPC_ENV"] = "prod", ["BPC_DB_HOST"] = " " };
        var missing = Assert.Throws<BpcException>(() => SettingsReader.Read(variables, servers)).Violations;
        Assert.Equal(needed, missing.Select(v => v.Where));
        Assert.All(missing, v => Assert.Matches("^not set, and BPC_ENV=prod requires it; allowed: ", v.Message));

        foreach (var name in needed)
        {
            variables[name] = s_production[name];
        }

        Assert.True(SettingsReader.Read(variables, servers).IsProduction);
    }

    [Fact]
    public void In_test_nothing_is_hashed_or_encrypted_under_no_pepper()
    {
        var missing = Assert.Single(Violations(("BPC_ENV", "test")));
        Assert.Equal("BPC_API_KEY_PEPPER_BASE64", missing.Where);
        Assert.StartsWith("not set, and BPC_ENV=test requires it", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void In_prod_the_published_samples_of_the_compose_file_are_refused_by_name()
    {
        // Compose fills the samples in where neither the shell nor .env.local has another value.
        var samples = new[] { "compose.env", "compose.silo.env" }
            .SelectMany(file => File.ReadLines(Path.Combine(Repository.Root, "deploy", file)))
            .Select(line => Regex.Match(line, @"^(\w+)=\$\{\1:-(.+)\}$")).Where(sample => sample.Success)
            .ToDictionary(sample => sample.Groups[1].Value, sample => sample.Groups[2].Value);
        Assert.Equal("dev", SettingsReader.Read(samples).Environment);

        samples["BPC_ENV"] = "prod";
        var refused = Assert.Throws<BpcException>(() => SettingsReader.Read(new Dictionary<string, string>(samples)
        {
            ["BPC_DB_HOST"] = "postgres",
            ["BPC_WORKER_ID"] = "worker-1",
            ["BPC_PUBLIC_BASE_URL"] = "https://passports.example.org",
        }));

        Assert.Equal(
            ["BPC_SIGNING_ED25519_PRIVATE_KEY_BASE64", "BPC_API_KEY_PEPPER_BASE64"],
            refused.Violations.Select(v => v.Where));
        Assert.All(refused.Violations, v => Assert.StartsWith("it is the published sample", v.Message));
    }

    [Fact]
    public void A_signing_key_comes_from_the_variable_or_from_a_file()
    {
        var fromFile = new Dictionary<string, string>(s_production) { ["BPC_SIGNING_KEY_FILE"] = "/run/secrets/key" };
        var both = Assert.Throws<BpcException>(() => SettingsReader.Read(fromFile));
        Assert.Equal("BPC_SIGNING_ED25519_PRIVATE_KEY_BASE64", Assert.Single(both.Violations).Where);

        fromFile.Remove("BPC_SIGNING_ED25519_PRIVATE_KEY_BASE64");
        Assert.Equal("/run/secrets/key", SettingsReader.Read(fromFile).Signing.KeyFile);
    }

    [Fact]
    public void Webhooks_reach_loopback_in_dev_and_nothing_private_in_prod()
    {
        Assert.Equal(["127.0.0.0/8", "::1/128"], Read(("BPC_ENV", "test"), ("BPC_API_KEY_PEPPER_BASE64", s_seed)).WebhookAllowCidrs);
        Assert.Empty(SettingsReader.Read(s_production).WebhookAllowCidrs);
        Assert.Empty(Read(("BPC_WEBHOOK_ALLOW_CIDRS", "none")).WebhookAllowCidrs);
        Assert.Equal(
            ["10.0.0.0/8", "fd00::/8"], Read(("BPC_WEBHOOK_ALLOW_CIDRS", "10.0.0.0/8, fd00::/8")).WebhookAllowCidrs);
    }

    [Fact]
    public void Every_problem_is_named_at_once_with_what_was_read_and_what_is_allowed()
    {
        var problems = Violations(("BPC_ENV", "production"), ("BPC_DB_PORT", "70000"), ("BPC_LOG_LEVEL", "loud"));
        Assert.Equal(
            [
                new("BPC_ENV", "read \"production\"; allowed: dev, test, prod"),
                new("BPC_DB_PORT", "read \"70000\"; allowed: a whole number 1..65535"),
                new("BPC_LOG_LEVEL", "read \"loud\"; allowed: trace, debug, info, warn, error"),
            ],
            problems);
    }

    [Theory]
    [InlineData("BPC_JOBS_CONCURRENCY", "1e3")]
    [InlineData("BPC_JOBS_CONCURRENCY", "0")]
    [InlineData("BPC_JOBS_CONCURRENCY", "-1")]
    [InlineData("BPC_JOBS_CONCURRENCY", "99999999999999999999")]
    [InlineData("BPC_JOBS_LEASE_SECONDS", "60s")]
    [InlineData("BPC_WORKER_ID", "worker 1")]
    [InlineData("BPC_WORKER_ID", "worker\n1")]
    [InlineData("BPC_DB_HOST", "local host")]
    [InlineData("BPC_DB_SSLMODE", "yes")]
    [InlineData("BPC_QUEUE_ENABLED", "1")]
    [InlineData("BPC_QUEUE_URL", "http://localhost:5672")]
    [InlineData("BPC_PUBLIC_BASE_URL", "passport.example.org")]
    [InlineData("BPC_PUBLIC_BASE_URL", "https://example.org/?a=b")]
    [InlineData("BPC_WEBHOOK_ALLOW_CIDRS", "10.0.0.0")]
    [InlineData("BPC_WEBHOOK_ALLOW_CIDRS", "10.0.0.0/33")]
    [InlineData("BPC_WEBHOOK_ALLOW_CIDRS", "10.0.0.0/8,,")]
    [InlineData("BPC_PAYLOAD_MAX_BYTES", "12")]
    [InlineData("BPC_RETENTION_JOBS_DAYS", "0")]
    public void A_value_outside_its_form_is_refused(string name, string value) =>
        Assert.Equal(name, Assert.Single(Violations((name, value))).Where);

    [Theory]
    [InlineData("BPC_SIGNING_ED25519_PRIVATE_KEY_BASE64", "c2VjcmV0LXNlY3JldC1zZWNyZXQ=")]
    [InlineData("BPC_API_KEY_PEPPER_BASE64", "c2VjcmV0LXNlY3JldC1zZWNyZXQ=")]
    [InlineData("BPC_API_KEY_PEPPER_BASE64", "not base64: secret")]
    [InlineData("BPC_QUEUE_URL", "http://guest:secret@localhost")]
    [InlineData("BPC_METRICS_TOKEN", "secret\tsecret")]
    public void A_secret_is_never_shown(string name, string value)
    {
        var problem = Assert.Single(Violations((name, value)));
        Assert.Matches($"^read {value.Length} characters \\(not shown\\); allowed: ", problem.Message);
    }

    [Fact]
    public void The_signing_key_may_be_a_seed_DER_or_what_openssl_prints()
    {
        const string der = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g";
        const string pem = $"-----BEGIN PRIVATE KEY-----\n{der}\n-----END PRIVATE KEY-----\n";
        string[] forms = [s_seed, der, Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(pem))];
        Assert.All(forms, key =>
            Assert.Equal(key, Read(("BPC_SIGNING_ED25519_PRIVATE_KEY_BASE64", key)).Signing.PrivateKeyBase64));
    }

    [Fact]
    public void Settings_that_contradict_each_other_are_refused()
    {
        Assert.Equal("BPC_JOBS_LEASE_RENEW_SECONDS", Assert.Single(Violations(("BPC_JOBS_LEASE_SECONDS", "59"))).Where);
        Assert.Equal("BPC_QUEUE_URL", Assert.Single(Violations(("BPC_QUEUE_ENABLED", "true"))).Where);
        Assert.Equal(
            "BPC_JOBS_BACKOFF_BASE_SECONDS", Assert.Single(Violations(("BPC_JOBS_BACKOFF_MAX_SECONDS", "1"))).Where);
    }

    [Fact]
    public void Printed_settings_hold_no_secret()
    {
        var settings = Read(
            ("BPC_DB_PASSWORD", "canary"), ("BPC_METRICS_TOKEN", "canary"), ("BPC_QUEUE_URL", "amqp://u:canary@h"),
            ("BPC_SIGNING_ED25519_PRIVATE_KEY_BASE64", s_seed), ("BPC_API_KEY_PEPPER_BASE64", s_seed));
        Assert.DoesNotContain("canary", settings.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(s_seed, settings.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_table_in_the_documentation_is_the_table_in_the_code()
    {
        var lines = File.ReadLines(Path.Combine(Repository.Root, "docs", "settings.md"));
        Assert.Equal(SettingsTable.All.Select(Row), lines.Where(line => line.StartsWith("| `BPC_")));
    }

    private static string Row(Setting setting) =>
        $"| `{setting.Name}` | {setting.Default}{Required(setting)} "
        + $"| {setting.Allowed}{(setting.Secret ? " (secret)" : "")} | {setting.Meaning} |";

    private static string Required(Setting setting) =>
        setting.RequiredIn.Count == 0 ? "" : $" ({string.Join(", ", setting.RequiredIn)}: required{On(setting)})";

    private static string On(Setting setting) =>
        setting.RequiredBy == Servers.Both ? "" : $" on a {setting.RequiredBy.ToString().ToLowerInvariant()}";

    private static BpcSettings Read(params (string Name, string Value)[] variables) =>
        SettingsReader.Read(variables.ToDictionary(v => v.Name, v => v.Value));

    private static IReadOnlyList<Violation> Violations(params (string Name, string Value)[] variables)
    {
        var refused = Assert.Throws<BpcException>(() => Read(variables));
        Assert.Equal(BpcError.ConfigMissing, refused.Code);
        return refused.Violations;
    }
}
