using Bpc.Tests.EndToEnd;

namespace Bpc.Tests.Cli;

/// <summary>scripts/migrate.sh, with a program beside it that shows what it was called with.</summary>
public sealed class MigrateScriptTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bpc-script-");

    public MigrateScriptTests()
    {
        const string shows = """
            #!/bin/sh
            echo "$* $BPC_DB_HOST:$BPC_DB_PORT $BPC_DB_USER $BPC_DB_PASSWORD $BPC_DB_NAME"
            """;
        File.Copy(
            Path.Combine(Repository.Root, "scripts", "migrate.sh"),
            Path.Combine(_folder.CreateSubdirectory("scripts").FullName, "migrate.sh"));
        var program = Path.Combine(_folder.FullName, "bpc");
        File.WriteAllText(program, shows);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Without_a_database_named_it_migrates_that_of_docker_compose_and_says_so()
    {
        var ran = await RunAsync([]);

        Assert.Equal("migrate localhost:5432 bpc bpc bpc\n", ran.Output);
        Assert.StartsWith("BPC_DB_HOST is not set: migrating bpc at localhost:5432", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_is_named_is_the_one()
    {
        var ran = await RunAsync(new() { ["BPC_DB_HOST"] = "db", ["BPC_DB_USER"] = "me" });

        Assert.Equal(("migrate db: me  \n", ""), (ran.Output, ran.Error));
    }

    [Fact]
    public async Task In_prod_nothing_is_assumed() =>
        Assert.Equal("migrate :   \n", (await RunAsync(new() { ["BPC_ENV"] = "prod" })).Output);

    private Task<ChildProcess> RunAsync(Dictionary<string, string> variables) => ChildProcess.RunAsync(
        "bash", [Path.Combine(_folder.FullName, "scripts", "migrate.sh")], variables,
        TestContext.Current.CancellationToken);
}
