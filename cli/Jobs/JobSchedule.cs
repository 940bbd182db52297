using System.Text.RegularExpressions;
using Bpc.Core;
using Bpc.Grains;
using Bpc.Grains.Jobs;
using Bpc.Grains.Jobs.Scheduling;

namespace Bpc.Cli.Jobs;

/// <summary>A schedule as an operator wants it.</summary>
/// <param name="Tenant">Slug or id; null: a job for each tenant.</param>
internal sealed partial record JobSchedule(
    string Name, string? Tenant, string Type, string Payload, int Priority, string Cron, string TimeZone,
    string CatchUp)
{
    /// <summary>What the database would take although it never starts a job is refused at once.</summary>
    public void Check()
    {
        new InputCheck()
            .Require(
                NamePattern().IsMatch(Name), "NAME",
                $"is '{Name}'; 1 to 63 lower-case letters, digits, hyphens and underscores are wanted")
            .Require(JobPayload.IsObject(Payload), "--payload", $"is {Payload}; a JSON object is wanted")
            .ThrowIfWrong();
        try
        {
            Occurrences.Of(Cron, TimeZone, CatchUp, DateTime.UtcNow, DateTime.UtcNow);
        }
        catch (FormatException e)
        {
            throw new BpcException(BpcError.Validation, e.Message, inner: e);
        }
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9_-]{0,62}$")]
    private static partial Regex NamePattern();
}
