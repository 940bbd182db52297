using Bpc.Core.Rules.Syntax;

namespace Bpc.Core.Rules;

/// <summary>
/// Lays a source out: indentation, blanks between tokens, at most one empty line. Tokens, comments and the author's
/// line breaks stay, so the meaning cannot change, and formatting what is formatted changes nothing.
/// </summary>
public static class RuleFormatter
{
    /// <summary>
    /// The same package or tests, laid out. RULE_PARSE_ERROR and the like where the source does not parse.
    /// </summary>
    public static string Format(string source)
    {
        var diagnostics = new Diagnostics(new(source));
        var tokens = Lexer.Tokens(diagnostics);
        var isPackage = tokens.FirstOrDefault(t => t.Kind != TokenKind.Comment).Is("package");
        _ = isPackage ? DeclarationParser.Package(diagnostics) : DeclarationParser.Tests(diagnostics);
        diagnostics.ThrowIfAny();
        return new Layout(source, tokens).Write();
    }
}
