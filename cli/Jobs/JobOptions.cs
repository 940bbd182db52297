using System.CommandLine;
using System.CommandLine.Parsing;

namespace Bpc.Cli.Jobs;

/// <summary>The filters of <c>jobs list</c> and <c>jobs retry</c>.</summary>
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
}
