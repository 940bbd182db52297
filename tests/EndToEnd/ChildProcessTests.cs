namespace Bpc.Tests.EndToEnd;

public sealed class ChildProcessTests
{
    [Fact]
    public async Task A_process_of_a_test_has_no_setting_of_the_shell_the_tests_run_in()
    {
        Environment.SetEnvironmentVariable("BPC_OF_THE_SHELL", "1");

        var shown = await ChildProcess.RunAsync(
            "env", [], new Dictionary<string, string> { ["BPC_OF_THE_TEST"] = "1" },
            TestContext.Current.CancellationToken);

        Assert.Equal(
            ["BPC_HOME", "BPC_OF_THE_TEST"],
            shown.Output.Split('\n').Where(line => line.StartsWith("BPC_", StringComparison.Ordinal))
                .Select(line => line.Split('=')[0]).Order(StringComparer.Ordinal));
    }
}
