using Microsoft.Extensions.Logging;

namespace Bpc.Grains.Jobs;

/// <summary>
/// Log scopes do not cross a grain call. What a job's handler calls carries the job along, and every line of the called
/// grain belongs to the job again.
/// </summary>
internal sealed class JobScopeFilter(ILogger<JobScopeFilter> log) : IIncomingGrainCallFilter
{
    private const string Key = "bpc.job";

    /// <summary>
    /// The grain calls of the handler from here on are the job's. A handler that calls none need not pay for it. They
    /// carry a plain dictionary, which silos of an older build can read too.
    /// </summary>
    public static void Carry(ClaimedJob job) => RequestContext.Set(Key, new Dictionary<string, object?>
    {
        ["job_id"] = job.JobId,
        ["job_type"] = job.Type,
        ["tenant_id"] = job.TenantId,
        ["trace_id"] = JobTrace.IdOf(job),
        ["correlation_id"] = job.CorrelationId,
    });

    public Task Invoke(IIncomingGrainCallContext context) =>
        RequestContext.Get(Key) is Dictionary<string, object?> job ? InvokeAsync(context, job) : context.Invoke();

    private async Task InvokeAsync(IIncomingGrainCallContext context, Dictionary<string, object?> job)
    {
        using (log.BeginScope(job))
        {
            await context.Invoke();
        }
    }
}
