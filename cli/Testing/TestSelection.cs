namespace Bpc.Cli.Testing;

/// <summary>Which tests to run.</summary>
/// <param name="Suite"><c>unit</c>, <c>integration</c>, or null for both.</param>
/// <param name="Pattern">A part of namespace, class or method, or null for all.</param>
internal sealed record TestSelection(string? Suite, string? Pattern, bool Coverage)
{
    // Tests that need PostgreSQL or silos carry this trait; the others need nothing.
    private const string Integration = "Category=Integration";

    /// <summary>The arguments of the tests' program.</summary>
    public IEnumerable<string> Arguments(string resultsDirectory, string report)
    {
        IEnumerable<string> suite = Suite switch
        {
            "unit" => ["--filter-not-trait", Integration],
            "integration" => ["--filter-trait", Integration],
            _ => [],
        };
        IEnumerable<string> pattern = Pattern is null ? [] : ["--filter-method", $"*{Pattern}*"];
        IEnumerable<string> coverage = !Coverage ? [] :
            ["--coverage", "--coverage-output-format", "cobertura", "--coverage-output", "coverage.cobertura.xml"];
        return
        [
            "--results-directory", resultsDirectory, "--report-xunit-ctrf", "--report-xunit-ctrf-filename", report,
            .. suite, .. pattern, .. coverage,
        ];
    }
}
