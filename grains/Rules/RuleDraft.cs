using System.Text;
using Bpc.Core.Canonical;
using Bpc.Core.Rules;

namespace Bpc.Grains.Rules;

/// <summary>Two sources that parse, with the hashes they are known by.</summary>
internal sealed record RuleDraft(string DslSource, string TestsSource, string DslSha256, string TestsSha256)
{
    /// <summary>
    /// Raises the rules' own errors, with line and column, where a source is not what the language allows.
    /// </summary>
    public static RuleDraft Check(string dslSource, string testsSource)
    {
        RuleTests.Check(RulePackage.Compile(dslSource), testsSource);
        return new(dslSource, testsSource, Sha256(dslSource), Sha256(testsSource));
    }

    private static string Sha256(string source) => CanonicalJson.HashHex(Encoding.UTF8.GetBytes(source));
}
