using Bpc.Core;

namespace Bpc.Tests.Cli;

public sealed class ErrorsDocumentTests
{
    [Fact]
    public void The_table_of_errors_says_what_the_catalogue_says()
    {
        var rows = File.ReadLines(Path.Combine(Repository.Root, "docs", "errors.md"))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Skip(1)
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Select(cells => $"{cells[1]} {cells[2]} {cells[3]}");

        Assert.Equal(BpcError.All.Select(e => $"{e.Name} {e.Status} {e.InJob.ToString().ToLowerInvariant()}"), rows);
    }
}
