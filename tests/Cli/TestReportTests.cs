using Bpc.Cli.Testing;

namespace Bpc.Tests.Cli;

public sealed class TestReportTests
{
    [Fact]
    public void The_quickstarts_lines_are_printed_for_its_tests_that_passed()
    {
        var report = new TestReport([
            new("5 failed attempts → DEAD_LETTER", "passed"),
            new("Retry with exponential backoff", "failed"),
            new("Another test", "passed")]);

        Assert.Equal(["  ✓ 5 failed attempts → DEAD_LETTER"], report.QuickstartLines);
        Assert.Equal("2 passed, 1 failed", report.Summary);
    }

    [Fact]
    public void What_did_not_run_is_counted_apart()
    {
        var report = new TestReport([new("a", "passed"), new("b", "skipped")]);

        Assert.Equal("1 passed, 0 failed, 1 skipped", report.Summary);
    }
}
