using System.Text.Json;

namespace Bpc.Cli.Testing;

/// <summary>One test of a run.</summary>
internal sealed record TestResult(string Name, string Status);

/// <summary>What a run of the tests wrote down, in the Common Test Report Format.</summary>
internal sealed record TestReport(IReadOnlyList<TestResult> Tests)
{
    public int Passed => Tests.Count(t => t.Status == "passed");

    public int Skipped => Tests.Count(t => t.Status is "skipped" or "pending");

    public int Failed => Tests.Count - Passed - Skipped;

    /// <summary>The quickstart's tests that passed, as it prints them.</summary>
    public IEnumerable<string> QuickstartLines => QuickstartTests.Names
        .Where(name => Tests.Any(t => t.Name == name) && Tests.All(t => t.Name != name || t.Status == "passed"))
        .Select(name => $"  ✓ {name}");

    public string Summary => $"{Passed} passed, {Failed} failed" + (Skipped > 0 ? $", {Skipped} skipped" : "");

    public static TestReport Read(string file)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(file));
        return new([.. json.RootElement.GetProperty("results").GetProperty("tests").EnumerateArray()
            .Select(t => new TestResult(t.GetProperty("name").GetString()!, t.GetProperty("status").GetString()!))]);
    }
}
