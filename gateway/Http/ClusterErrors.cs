using Bpc.Core;
using Orleans.Runtime.Messaging;

namespace Bpc.Gateway.Http;

/// <summary>How Orleans says that no silo took a call.</summary>
internal static class ClusterErrors
{
    public static bool IsUnavailable(Exception exception) => exception is
        SiloUnavailableException or OrleansMessageRejectionException or ConnectionFailedException
        or ClientNotAvailableException or GatewayTooBusyException
        // A client that has met no silo yet knows no grain classes.
        or ArgumentException { Source: "Orleans.Core" };

    /// <summary>Sends a call nobody waits for; where no silo takes it, it is lost.</summary>
    public static void Forget(Func<Task> call) => _ = ForgetAsync(call);

    private static async Task ForgetAsync(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (Exception e) when (IsUnavailable(e) || e is TimeoutException or BpcException)
        {
            // Only what may be lost is sent this way.
        }
    }
}
