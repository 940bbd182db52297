using Bpc.GrainInterfaces.Jobs;

namespace Bpc.Grains.Jobs.Enqueuing;

/// <summary>What is wrong with a job that is asked for, whatever its type.</summary>
internal static class JobRequestInput
{
    public static InputCheck Check(JobRequest request) => JobPayload.Check(new(), request.Payload)
        .Text("/type", request.Type, 100)
        .Require(NewJob.IsPriority(request.Priority), "/priority", NewJob.WrongPriority(request.Priority))
        .Require(
            request.ScheduledAt is null or { Kind: DateTimeKind.Utc, Year: >= 2000 and <= 9998 }, "/scheduled_at",
            $"is {request.ScheduledAt:O}; a time in UTC, from the year 2000 to 9998, is wanted");
}
