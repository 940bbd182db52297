using System.Text.Json;
using Bpc.Tests.Database;
using Bpc.Tests.EndToEnd;
using Npgsql;

namespace Bpc.Tests.Slices.Passports;

[Trait("Category", "Integration")]
public sealed class ReplayCommandTests(PostgresServer postgres)
{
    [Fact]
    public async Task Every_version_of_a_database_is_replayed_and_the_first_difference_of_each_is_named()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var (snapshot, rules) = (await silo.SnapshotAsync(), await silo.RulesAsync());
        var passport = await silo.PassportAsync();
        var first = await silo.VersionAsync(passport, snapshot, rules);
        var second = await silo.VersionAsync(passport, snapshot, rules);

        var all = await ReplayAsync(silo, "--all");
        Assert.Equal((0, "2 identical, 0 different, 0 not replayed"), (all.ExitCode, all.Output.Trim()));

        await silo.Database.ExecuteAsync(
            $"""
            SET session_replication_role = replica;
            UPDATE passport_sections SET content = convert_to(replace(convert_from(content, 'UTF8'), '75.500', '99.000'),
                'UTF8') WHERE passport_version_id = '{second}' AND section = 'public';
            SET session_replication_role = origin;
            """);

        var lines = await ReplayAsync(silo, "--all", "--json");
        Assert.Equal(1, lines.ExitCode);
        var answers = lines.Output.Trim().Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(
            """{"identical":1,"different":1,"failed":0,"unfinished":0}""", answers[^1].GetRawText());
        var different = answers.Single(a => a.TryGetProperty("difference", out var d) && d.GetString() is not null);
        Assert.Equal(
            (second, "field battery.capacity_kwh", "\"99.000\"", "\"75.500\""),
            (different.GetProperty("passport_version_id").GetGuid(), different.GetProperty("difference").GetString(),
                different.GetProperty("stored").GetString(), different.GetProperty("recompiled").GetString()));

        Assert.Equal(0, (await ReplayAsync(silo, $"{first}")).ExitCode);
        var unknown = await ReplayAsync(silo, $"{Guid.Empty}");
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains("NOT_FOUND", unknown.Error, StringComparison.Ordinal);
        Assert.Equal(64, (await ReplayAsync(silo)).ExitCode);
    }

    [Fact]
    public async Task Versions_the_database_does_not_give_in_time_are_named_and_counted_to_the_last()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var ct = TestContext.Current.CancellationToken;
        var (snapshot, rules) = (await silo.SnapshotAsync(), await silo.RulesAsync());
        var passport = await silo.PassportAsync();
        var first = await silo.VersionAsync(passport, snapshot, rules);
        var second = await silo.VersionAsync(passport, snapshot, rules);
        await silo.Database.ExecuteAsync($"ALTER DATABASE {silo.Database.Settings.Name} SET lock_timeout = '100ms'");
        await using var holding = await silo.Database.DataSource.OpenConnectionAsync(ct);
        await using var transaction = await holding.BeginTransactionAsync(ct);
        await using (var @lock = new NpgsqlCommand("LOCK TABLE facts", holding))
        {
            await @lock.ExecuteNonQueryAsync(ct);
        }

        var answer = await ReplayAsync(silo, "--all");

        Assert.Equal(1, answer.ExitCode);
        var lines = answer.Output.Trim().Split('\n');
        Assert.Equal("0 identical, 0 different, 2 not replayed", lines[^1]);
        Assert.All(
            [first, second], id => Assert.Contains(lines, line => line.StartsWith($"{id}: DB_UNAVAILABLE: ")));
    }

    private static Task<ChildProcess> ReplayAsync(TestSilo silo, params string[] arguments) => ChildProcess.RunAsync(
        ChildProcess.Bpc, ["replay", .. arguments], silo.Database.Variables, TestContext.Current.CancellationToken);
}
