using System.CommandLine;
using System.CommandLine.Help;
using System.Text.Json;
using Bpc.Cli;
using Bpc.Core.Passports.Signing;
using Bpc.Tests.Rules;
using Npgsql;

namespace Bpc.Tests.Cli;

public sealed class CommandLineTests
{
    public static TheoryData<string> Commands => [.. Leaves(CommandLine.Root()).Select(path => string.Join(' ', path))];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Every_command_teaches_itself_with_examples(string command)
    {
        var answer = await Bpc.RunAsync([.. command.Split(' '), "--help"]);

        Assert.Equal(0, answer.ExitCode);
        Assert.Contains("Usage:", answer.Output, StringComparison.Ordinal);
        Assert.Contains("Examples:", answer.Output, StringComparison.Ordinal);
        var examples = answer.Output[answer.Output.IndexOf("Examples:", StringComparison.Ordinal)..];
        Assert.Contains($"bpc {command}", examples, StringComparison.Ordinal);
    }

    /// <summary>Those that need nothing but the repository's own files, and change none.</summary>
    public static TheoryData<string> OfflineExamples =>
    [
        .. All(CommandLine.Root()).OfType<Verb>().SelectMany(verb => verb.Examples).Where(example =>
            (example.StartsWith("./bpc rules check ", StringComparison.Ordinal)
                || example.StartsWith("./bpc rules explain rules/", StringComparison.Ordinal)
                || example.StartsWith("./bpc rules fmt --check ", StringComparison.Ordinal))),
    ];

    [Theory]
    [MemberData(nameof(OfflineExamples))]
    public async Task What_help_gives_as_an_example_works(string example)
    {
        var words = example.Split(' ').Skip(1)
            .Select(word => word.Contains('/', StringComparison.Ordinal) ? Path.Combine(Repository.Root, word) : word);

        var answer = await Bpc.RunAsync([.. words]);

        Assert.Equal((0, ""), (answer.ExitCode, answer.Error));
    }

    [Theory]
    [InlineData("nonsense", "nonsense")]
    [InlineData("jobs list --limit many", "many")]
    [InlineData("jobs retry", "filter")]
    [InlineData("demo --rules README.md", "--input")]
    [InlineData("verify no-such-file.json", "no-such-file.json")]
    [InlineData("bench jobs --jobs 5", "--jobs")]
    [InlineData("bench pipeline --rounds many", "--rounds is 'many'; a whole number is wanted")]
    [InlineData("jobs lst foo", "'lst'")]
    [InlineData("jobs show xyz", "JOB is 'xyz'; an id such as")]
    [InlineData("jobs retry zzz", "JOB is 'zzz'; an id such as")]
    [InlineData("jobs cancel 0199f1c2-7d1e-7c36-9d0e-5a5b7a1c9f10 zzz", "JOB is 'zzz'; an id such as")]
    [InlineData("replay x", "VERSION is 'x'; an id such as")]
    [InlineData("replay", "--all")]
    [InlineData("replay --all=false", "--all")]
    [InlineData("jobs snooze 0199f1c2-7d1e-7c36-9d0e-5a5b7a1c9f10 --for 30", "--for is '30'; 90s, 30m, 2h, 1d or")]
    [InlineData("jobs snooze 0199f1c2-7d1e-7c36-9d0e-5a5b7a1c9f10 --for 0s", "--for is '0s'")]
    [InlineData("jobs snooze 0199f1c2-7d1e-7c36-9d0e-5a5b7a1c9f10 --for 9999d", "3650 days at most")]
    [InlineData("jobs limit --running -5", "--running is -5; 0 to 1000000 are allowed")]
    [InlineData("jobs limit --per-minute 0", "--per-minute is 0; 1 to")]
    [InlineData("jobs weight acme 0", "WEIGHT is 0; 1 to 1000 are allowed")]
    [InlineData("jobs list --status done", "--status is 'done'; QUEUED, RUNNING,")]
    [InlineData("keys create acme --role King", "--role is 'King'; Admin, ComplianceOfficer, Auditor are allowed")]
    [InlineData("jobs show", "JOB is missing")]
    [InlineData("jobs list --limit", "--limit has no value")]
    [InlineData("jobs enqueue A", "'--tenant' is required")]
    [InlineData("jobs", "a command is missing")]
    [InlineData("jobs list --limit -1", "--limit is -1; 1 to")]
    [InlineData("keys create acme --days 0", "--days is 0; 1 to 36500 are allowed")]
    [InlineData("rules explain a.bpcr --documents . --issued soon", "--issued is 'soon'; a day such as 2027-02-18")]
    [InlineData("rules explain a.bpcr --documents nosuchdir", "there is no directory 'nosuchdir'")]
    [InlineData("rules check no-rules.md", "NAME.bpcr")]
    [InlineData("rules check .", "'.' is a directory; a file is wanted")]
    [InlineData("verify .", "'.' is a directory; a file is wanted")]
    [InlineData("verify no-such-file.json --key no-such-key.pem", "no file 'no-such-key.pem', and read as a key:")]
    public async Task Wrong_usage_names_what_is_wrong_and_exits_64(string line, string named)
    {
        var answer = await Bpc.RunAsync(line.Split(' '));

        Assert.Equal(64, answer.ExitCode);
        Assert.Contains(named, answer.Error, StringComparison.Ordinal);
        Assert.Contains("--help", answer.Error, StringComparison.Ordinal);
        Assert.Empty(answer.Output);
    }

    [Fact]
    public async Task A_reason_nobody_would_read_is_refused_before_the_database_is_asked()
    {
        var answer = await Bpc.RunAsync("jobs", "pause", "--reason", new string('x', 501));

        Assert.Equal(64, answer.ExitCode);
        Assert.Contains("--reason has 501 characters; 500 are allowed", answer.Error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Junk_is_wrong_usage_wherever_it_stands_and_never_a_stack_trace(string line)
    {
        var path = line.Split(' ');
        var command = path.Aggregate(
            (Command)CommandLine.Root(), (at, name) => at.Subcommands.Single(child => child.Name == name));
        var junk = command.Options.Where(option => option is not HelpOption)
            .Select(option => (option.ValueType, Words: new[] { $"{option.Name}=junk" }))
            .Append((command.Arguments.Any(a => a.ValueType != typeof(string)) ? typeof(Guid) : typeof(string),
                [.. command.Arguments.Select(_ => "junk")]));

        foreach (var (type, words) in junk.Where(one => one.Words.Length > 0))
        {
            // Text may be anything, and a word behind a flag is a word of its own: only read, not run. Reading asks
            // every check there is.
            if (type == typeof(string) || type == typeof(bool))
            {
                Assert.NotNull(CommandLine.Root().Parse([.. path, .. words]).Errors);
                continue;
            }

            var answer = await Bpc.RunAsync([.. path, .. words]);
            Assert.Equal((64, ""), (answer.ExitCode, answer.Output));
            Assert.DoesNotContain("System.", answer.Error, StringComparison.Ordinal);
            Assert.EndsWith($"Try: ./bpc {line} --help", answer.Error.TrimEnd(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("23514", "PostgreSQL refuses (23514): no such weight")]
    [InlineData("42P01", "PostgreSQL refuses (42P01): no such weight; ./bpc migrate makes the tables")]
    [InlineData("57P03", "DB_UNAVAILABLE: 57P03: no such weight")]
    public void A_database_that_refuses_is_not_called_out_of_reach(string state, string said)
    {
        using var error = new StringWriter();

        var code = Problems.Show(
            new(TextWriter.Null, error), new PostgresException("no such weight", "ERROR", "ERROR", state));

        Assert.Equal((1, said), (code, error.ToString().TrimEnd()));
    }

    [Fact]
    public async Task No_command_at_all_shows_the_help()
    {
        var answer = await Bpc.RunAsync();

        Assert.Equal(0, answer.ExitCode);
        Assert.Contains("Commands:", answer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_signing_key_is_one_the_signer_loads()
    {
        var answer = await Bpc.RunAsync("keys", "new-signing", "--json");

        using var json = JsonDocument.Parse(answer.Output);
        using var signer = ReceiptSigner.Load("test", json.RootElement.GetProperty("private_key_base64").GetString()!);
        Assert.Equal(json.RootElement.GetProperty("public_key_base64").GetBytesFromBase64(), signer.PublicKey);
    }

    [Fact]
    public async Task Every_error_of_a_rule_source_is_a_line_of_its_own()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory().FullName, "broken.bpcr");
        const string source = """
            package a version "1" language "BPC-RULES-1";
            field mass : Qty(kg, 3) access public = 1.5;
            field name : Text access public = ;
            """;
        await File.WriteAllTextAsync(file, source, TestContext.Current.CancellationToken);

        var answer = await Bpc.RunAsync("rules", "check", file);

        Assert.Equal(1, answer.ExitCode);
        Assert.Equal(
            ["UNIT_MISMATCH: line 2", "RULE_PARSE_ERROR: line 3"],
            answer.Error.Split('\n').Where(line => line.Contains(": line ", StringComparison.Ordinal))
                .Select(line => line[..line.IndexOf(',', StringComparison.Ordinal)]));
    }

    [Fact]
    public async Task A_package_that_holds_its_tests_needs_no_file_beside_it()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        var (whole, bare) = (Path.Combine(folder, "whole.bpcr"), Path.Combine(folder, "bare.bpcr"));
        var ct = TestContext.Current.CancellationToken;
        await File.WriteAllTextAsync(whole, RuleSamples.Battery + RuleSamples.BatteryTests, ct);
        await File.WriteAllTextAsync(bare, RuleSamples.Battery, ct);

        var tested = await Bpc.RunAsync("rules", "test", whole);
        var refused = await Bpc.RunAsync("rules", "test", bare);

        Assert.Equal((0, ""), (tested.ExitCode, tested.Error));
        Assert.Contains("401 cases passed, 0 failed", tested.Output);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("bare.test.bpcr is not beside it", refused.Error);
    }

    [Fact]
    public async Task Of_many_errors_a_person_and_a_script_see_all()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory().FullName, "broken.bpcr");
        var fields = Enumerable.Range(0, 30).Select(n => $"field f{n} : Qty(kg, 3) access public = 1.5;");
        var ct = TestContext.Current.CancellationToken;
        await File.WriteAllLinesAsync(file, ["package a version \"1\" language \"BPC-RULES-1\";", .. fields], ct);

        var shown = await Bpc.RunAsync("rules", "check", file);
        Assert.Equal((1, ""), (shown.ExitCode, shown.Output));
        Assert.Equal(30, shown.Error.Split("UNIT_MISMATCH: line ").Length - 1);

        foreach (var verb in new[] { "check", "test" })
        {
            await File.WriteAllTextAsync(Path.ChangeExtension(file, ".test.bpcr"), "", ct);
            var all = await Bpc.RunAsync("rules", verb, file, "--json");
            Assert.Equal((1, ""), (all.ExitCode, all.Error));
            var errors = all.Output.TrimEnd().Split('\n').Select(line => JsonElement.Parse(line)).ToList();
            Assert.Equal(30, errors.Count);
            Assert.Equal(
                ("broken.bpcr", 2, "UNIT_MISMATCH"),
                (errors[0].GetProperty("file").GetString(), errors[0].GetProperty("line").GetInt32(),
                    errors[0].GetProperty("code").GetString()));
            Assert.InRange(errors[0].GetProperty("column").GetInt32(), 1, 60);
            Assert.All(["message", "right"], part => Assert.NotEmpty(errors[0].GetProperty(part).GetString()!));
        }
    }

    [Fact]
    public async Task Errors_of_a_package_s_tests_and_of_formatted_files_say_which_file_they_are_in()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        var (rules, tests) = (Path.Combine(folder, "a.bpcr"), Path.Combine(folder, "a.test.bpcr"));
        var ct = TestContext.Current.CancellationToken;
        await File.WriteAllTextAsync(rules, "package a version \"1\" language \"BPC-RULES-1\";\n", ct);
        await File.WriteAllTextAsync(tests, "\nexample x { expect nothing }\nexample y", ct);

        foreach (var words in new[]
        {
            new[] { "rules", "check", rules }, ["rules", "check", tests], ["rules", "test", tests],
            ["rules", "fmt", rules, tests],
        })
        {
            var answer = await Bpc.RunAsync(words);
            Assert.Equal(1, answer.ExitCode);
            Assert.Contains("RULE_PARSE_ERROR: a.test.bpcr line ", answer.Error, StringComparison.Ordinal);
        }
    }

    private static IEnumerable<Command> All(Command command) => command.Subcommands.SelectMany(All).Prepend(command);

    private static IEnumerable<string[]> Leaves(Command command) => command.Subcommands.SelectMany(
        child => child.Subcommands.Count == 0
            ? [[child.Name]] : Leaves(child).Select(path => (string[])[child.Name, .. path]));
}
