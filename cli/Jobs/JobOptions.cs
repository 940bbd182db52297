using System.CommandLine;
using System.CommandLine.Parsing;

namespace Bpc.Cli.Jobs;

/// <summary>The filters of <c>jobs list</c>, <c>jobs retry</c> and <c>jobs cancel</c>.</summary>
internal sealed class JobOptions
{
    private static readonly string[] s_statuses =
        ["QUEUED", "RUNNING", "SUCCEEDED", "FAILED", "DEAD_LETTER", "CANCELLED"];

    public Option<string?> Tenant { get; } = new("--tenant") { Description = "A tenant's slug or id." };

    public Option<string?> Status { get; } =
        new Option<string?>("--status") { Description = "A status, such as DEAD_LETTER." }.OfWords(s_statuses);

    public Option<string?> Type { get; } = new("--type") { Description = "A job type, such as PARSE_FACTS." };

    public Option<string?> ErrorCode { get; } = new("--error-code", "--error")
    {
        Description = "An error code, such as SNAPSHOT_NOT_SEALED.",
    };

    public IEnumerable<Option> All => [Tenant, Status, Type, ErrorCode];

    public JobQuery Read(ParseResult parse) =>
        new(parse.GetValue(Tenant), parse.GetValue(Status), parse.GetValue(Type), parse.GetValue(ErrorCode));

    public bool AnyGiven(CommandResult command) => All.Any(command.IsGiven);

    /// <summary>
    /// Adds the filters to a command that takes either them or <paramref name="ids"/>, and never both.
    /// </summary>
    public void AddBeside(Argument<Guid[]> ids, Command command)
    {
        foreach (var option in All)
        {
            command.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (result.GetResult(ids) is { Tokens.Count: > 0 } == AnyGiven(result))
            {
                result.AddError(
                    $"jobs {command.Name} wants job ids or a filter (--status, --type, --tenant, --error-code)");
            }
        });
    }
}
