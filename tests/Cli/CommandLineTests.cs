using System.CommandLine;
using System.Text.Json;
using Bpc.Cli;
using Bpc.Core.Passports;

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
    [InlineData("bench pipeline --rounds many", "many")]
    public async Task Wrong_usage_names_what_is_wrong_and_exits_64(string line, string named)
    {
        var answer = await Bpc.RunAsync(line.Split(' '));

        Assert.Equal(64, answer.ExitCode);
        Assert.Contains(named, answer.Error, StringComparison.Ordinal);
        Assert.Contains("--help", answer.Error, StringComparison.Ordinal);
        Assert.Empty(answer.Output);
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
