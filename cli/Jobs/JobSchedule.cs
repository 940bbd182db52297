using System.Text.Json;
using System.Text.RegularExpressions;
using Bpc.Core;
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
        try
        {
            if (!NamePattern().IsMatch(Name))
            {
                throw new FormatException(
                    $"name '{Name}': 1 to 63 lower-case letters, digits, hyphens and underscores are wanted");
            }

            Occurrences.Of(Cron, TimeZone, CatchUp, DateTime.UtcNow, DateTime.UtcNow);
            if (JsonDocument.Parse(Payload).RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new FormatException($"payload {Payload}: a JSON object is wanted");
            }
        }
        catch (JsonException e)
        {
            throw new BpcException(BpcError.Validation, $"payload: {e.Message}", inner: e);
        }
        catch (FormatException e)
        {
            throw new BpcException(BpcError.Validation, e.Message, inner: e);
        }
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9_-]{0,62}$")]
    private static partial Regex NamePattern();
}
