using System.Globalization;
using System.Text.RegularExpressions;
using Bpc.Core;

namespace Bpc.Cli.Rules;

/// <summary>One error of a rule file, in parts, as <c>--json</c> prints it.</summary>
/// <param name="File">The file it is in; of a package alone, the one that was named.</param>
/// <param name="Line">From 1; null where it is no place's error.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Right">What would be right.</param>
internal sealed partial record RuleError(
    string File, int? Line, int? Column, string Code, string Message, string? Right)
{
    /// <summary>Runs a command's work; under <c>--json</c> errors of rules are its answer too, one per line.</summary>
    public static int Answer(Terminal terminal, FileInfo file, bool json, Func<int> work)
    {
        try
        {
            return work();
        }
        catch (BpcException e) when (json)
        {
            foreach (var error in Of(file.Name, e))
            {
                terminal.WriteJson(error);
            }

            return ExitCode.Failed;
        }
    }

    private static IEnumerable<RuleError> Of(string file, BpcException e) => e.Violations.Count == 0
        ? [new(file, null, null, e.Code.Name, e.Message, null)]
        : e.Violations.Select(violation => Of(file, e.Code.Name, violation));

    // A violation is written for a person: what is wrong, the line with carets below it, what would be right.
    private static RuleError Of(string file, string code, Violation violation)
    {
        var place = Place().Match(violation.Where);
        var lines = violation.Message.Split('\n');
        return new(
            place.Groups["file"] is { Success: true, Value: var named } ? named : file,
            Number(place.Groups["line"]), Number(place.Groups["column"]), violation.Code ?? code, lines[0],
            lines.Length > 1 ? lines[^1].Trim() : null);
    }

    private static int? Number(Group digits) =>
        digits.Success ? int.Parse(digits.Value, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex("^((?<file>.+) )?line (?<line>[0-9]+), column (?<column>[0-9]+)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Place();
}
