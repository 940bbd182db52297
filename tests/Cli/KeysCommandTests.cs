using System.Text.Json;
using Bpc.Core.ApiKeys;
using Bpc.Tests.Database;
using Bpc.Tests.EndToEnd;

namespace Bpc.Tests.Cli;

/// <summary><c>bpc keys</c> as an operator types it, against a database as it is.</summary>
[Trait("Category", "Integration")]
public sealed class KeysCommandTests(PostgresServer postgres)
{
    private static readonly byte[] s_pepper = [.. Enumerable.Repeat((byte)7, 32)];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_is_rotated_by_making_the_next_and_revoking_the_old()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var slug = $"tenant-{await database.CreateTenantAsync():n}";

        var old = await MadeAsync(database, slug, "--role", "Admin", "--label", "the old one");
        var next = await MadeAsync(database, slug, "--role", "Admin", "--days", "30");
        Assert.True(await OpensAsync(database, old) && await OpensAsync(database, next));

        var revoked = await RunAsync(database, "revoke", old.Text); // as it was found on the street
        Assert.Equal((0, $"revoked  {old.Prefix}"), (revoked.ExitCode, revoked.Output.Trim()));
        Assert.False(await OpensAsync(database, old));
        Assert.True(await OpensAsync(database, next));

        var listed = (await RunAsync(database, "list", slug, "--json")).Output.Trim().Split('\n')
            .Select(line => JsonSerializer.Deserialize<JsonElement>(line)).ToList();
        Assert.Equal([next.Prefix, old.Prefix], listed.Select(k => k.GetProperty("prefix").GetString()));
        Assert.InRange(
            listed[0].GetProperty("expires_at").GetDateTime(),
            DateTime.UtcNow.AddDays(29), DateTime.UtcNow.AddDays(31));
        Assert.Equal("the old one", listed[1].GetProperty("label").GetString());
        Assert.NotEqual(JsonValueKind.Null, listed[1].GetProperty("revoked_at").ValueKind);
        Assert.Equal(3L, await database.ScalarAsync<long>(
            "SELECT count(*) FROM events WHERE event_type IN ('api_key.created', 'api_key.revoked')"));
    }

    [Fact]
    public async Task A_person_sees_a_new_key_once_and_later_only_what_may_be_shown()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var slug = $"tenant-{await database.CreateTenantAsync():n}";

        var unusable = await RunAsync(database, "create", slug, "--role", "King");
        var made = await RunAsync(database, "create", slug, "--label", "[bold] & co");
        var key = ApiKey.Parse(made.Output.Split("api_key     ")[1].Trim())!;
        var list = (await RunAsync(database, "list", slug)).Output;

        Assert.Equal(64, unusable.ExitCode);
        Assert.Contains("Keep the key", made.Error);
        Assert.Contains(key.Prefix, list);
        Assert.Contains("Auditor", list); // the least, where nobody says more
        Assert.Contains("[bold] & co", list);
        Assert.Contains("active", list);
        Assert.DoesNotContain(key.Text.Split('_')[^1], list);
    }

    [Fact]
    public async Task What_is_not_there_or_revoked_already_is_said_in_a_line()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var key = await MadeAsync(database, $"tenant-{await database.CreateTenantAsync():n}");
        await RunAsync(database, "revoke", key.Prefix);

        foreach (var (arguments, said) in new[]
        {
            ((string[])["revoke", key.Prefix], "INVALID_STATE: the key"),
            (["revoke", key.Text], $"INVALID_STATE: the key {key.Prefix} was revoked"),
            (["revoke", key.Text.Split('_')[^1]], "VALIDATION_ERROR: neither a key nor its prefix"),
            (["revoke", "000000000000"], "NOT_FOUND: there is no key"),
            (["create", "nobody"], "NOT_FOUND: there is no tenant 'nobody'"),
            (["list", "nobody"], "NOT_FOUND: there is no tenant 'nobody'"),
        })
        {
            var answer = await RunAsync(database, arguments);
            Assert.Equal((1, ""), (answer.ExitCode, answer.Output));
            Assert.StartsWith(said, Assert.Single(answer.Error.Trim().Split('\n')));
            Assert.DoesNotContain(key.Text.Split('_')[^1], answer.Error);
        }
    }

    [Fact]
    public async Task A_key_is_made_where_nothing_can_be_written_as_in_a_container()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var slug = $"tenant-{await database.CreateTenantAsync():n}";

        var answer = await RunAsync(
            database, new Dictionary<string, string> { ["BPC_HOME"] = "/dev/null/bpc" }, "create", slug);

        Assert.True(answer.ExitCode == 0, answer.Error);
        Assert.Contains("api_key     bpc_", answer.Output);
    }

    [Theory]
    [InlineData("keys")]
    [InlineData("keys", "create")]
    [InlineData("keys", "create", "acme", "--role", "King")]
    [InlineData("keys", "create", "acme", "--days", "0")]
    [InlineData("keys", "create", "acme", "--days", "-5")]
    [InlineData("keys", "create", "acme", "--days", "99999999")]
    [InlineData("keys", "create", "acme", "--days", "soon")]
    [InlineData("keys", "list")]
    [InlineData("keys", "revoke")]
    [InlineData("keys", "revoke", "aabbccddeeff", "--force")]
    [InlineData("keys", "burn")]
    public async Task Wrong_usage_is_64_and_says_where_help_is(params string[] arguments)
    {
        var answer = await Bpc.RunAsync(arguments);

        Assert.Equal((64, ""), (answer.ExitCode, answer.Output));
        Assert.StartsWith("Try: ./bpc keys", answer.Error.Trim().Split('\n')[^1]);
    }

    [Theory]
    [InlineData("create", "./bpc keys create acme --role Auditor")]
    [InlineData("list", "./bpc keys list acme")]
    [InlineData("revoke", "./bpc keys revoke aabbccddeeff")]
    [InlineData("new-signing", "./bpc keys new-signing")]
    public async Task Help_shows_an_example(string verb, string example)
    {
        var answer = await Bpc.RunAsync("keys", verb, "--help");

        Assert.Equal((0, ""), (answer.ExitCode, answer.Error));
        Assert.Contains(example, answer.Output);
    }

    private static async Task<ApiKey> MadeAsync(TestDatabase database, string slug, params string[] more)
    {
        var answer = await RunAsync(database, ["create", slug, .. more, "--json"]);
        Assert.True(answer.ExitCode == 0, answer.Error);
        var json = JsonSerializer.Deserialize<JsonElement>(answer.Output);
        return ApiKey.Parse(json.GetProperty("api_key").GetString()!)!;
    }

    private static async Task<bool> OpensAsync(TestDatabase database, ApiKey key)
    {
        var open = await database.ScalarAsync<byte[]>(
            """
            SELECT key_hash FROM api_keys
             WHERE prefix = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
            """, key.Prefix);
        return open is not null && key.Matches(s_pepper, open);
    }

    private static Task<ChildProcess> RunAsync(TestDatabase database, params string[] arguments) =>
        RunAsync(database, [], arguments);

    private static Task<ChildProcess> RunAsync(
        TestDatabase database, Dictionary<string, string> more, params string[] arguments) =>
        ChildProcess.RunAsync(
            ChildProcess.Bpc, ["keys", .. arguments],
            new Dictionary<string, string>([.. database.Variables, .. more])
            {
                ["BPC_API_KEY_PEPPER_BASE64"] = Convert.ToBase64String(s_pepper),
            },
            Ct);
}
