using System.Text;
using System.Text.Json;
using Bpc.Core;
using Bpc.Core.Canonical;
using Bpc.Core.Rules;

namespace Bpc.Grains.Rules;

/// <summary>The report of a test run as it is stored: the first failures and what no case reached.</summary>
internal static class RuleTestsReport
{
    private const int MaxListed = 100;

    public static string Json(RuleTestReport report) => Encoding.UTF8.GetString(CanonicalJson.Write(JsonValue.Object(
        ("failures", JsonValue.Array(report.Failures.Take(MaxListed).Select(Failure))),
        ("unreached_fields", Texts(report.UnreachedFields)),
        ("unreached_branches", Texts(report.UnreachedBranches)))));

    /// <summary>One sentence for a person.</summary>
    public static string FirstFailure(string json)
    {
        var first = JsonElement.Parse(json).GetProperty("failures").EnumerateArray().FirstOrDefault();
        return first.ValueKind == JsonValueKind.Undefined
            ? "not recorded"
            : $"{first.GetProperty("test")} with {first.GetProperty("case")}: "
                + $"expected {first.GetProperty("expected")}, got {first.GetProperty("actual")}";
    }

    private static JsonValue.Record Failure(RuleTestFailure failure) => JsonValue.Object(
        ("test", Text(failure.Test)), ("case", Text(failure.Case)), ("expected", Text(failure.Expected)),
        ("actual", Text(failure.Actual)));

    private static JsonValue.List Texts(IReadOnlyList<string> texts) =>
        JsonValue.Array(texts.Take(MaxListed).Select(Text));

    // Tests may try any text; not every one can be stored.
    private static JsonValue Text(string text) => ShortText.Storable(text);
}
