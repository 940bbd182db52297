using Bpc.Tests.Database;
using Bpc.Tests.EndToEnd;

namespace Bpc.Tests.Cli;

/// <summary><c>bpc jobs …</c> as a process of its own, against a test's database.</summary>
internal static class JobsCommand
{
    /// <summary>What it prints; the test fails where it does not end with 0.</summary>
    public static async Task<string> RunAsync(TestDatabase database, params string[] arguments)
    {
        var answer = await AnswerAsync(database, arguments);
        Assert.True(answer.ExitCode == 0, answer.Error);
        return answer.Output.Trim();
    }

    public static Task<ChildProcess> AnswerAsync(TestDatabase database, params string[] arguments) =>
        ChildProcess.RunAsync(
            ChildProcess.Bpc, ["jobs", .. arguments], database.Variables, TestContext.Current.CancellationToken);
}
