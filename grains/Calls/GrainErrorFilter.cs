using Bpc.Core;
using Bpc.GrainInterfaces;
using Bpc.Grains.Storage;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Bpc.Grains.Calls;

/// <summary>
/// The one place where an error of the database becomes a code of the catalogue before it leaves a grain: driver
/// exceptions have no codec, and a caller on another machine would not learn what happened.
/// </summary>
internal sealed partial class GrainErrorFilter(ILogger<GrainErrorFilter> log) : IIncomingGrainCallFilter
{
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        try
        {
            await context.Invoke();
        }
        catch (Exception e) when (DatabaseErrors.IsTransient(e))
        {
            throw new BpcException(
                BpcError.DbUnavailable, "the database does not answer; try again in a moment", inner: e);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw new BpcException(BpcError.InvalidState, $"this exists already ({e.ConstraintName})", inner: e);
        }
        catch (NpgsqlException e)
        {
            using (log.BeginScope(Caused(context)))
            {
                StatementFailed(e, context.InterfaceName, context.MethodName);
            }

            throw new BpcException(
                BpcError.Internal, "a database statement failed; the silo's log says which", inner: e);
        }
    }

    private static Dictionary<string, object?> Caused(IIncomingGrainCallContext context) => new()
    {
        ["correlation_id"] = context.Request.GetArgumentCount() > 0 && context.Request.GetArgument(0) is Call call
            ? call.CorrelationId : null,
    };

    [LoggerMessage(LogLevel.Error, "A statement of {Interface}.{Method} failed")]
    private partial void StatementFailed(Exception error, string @interface, string method);
}
