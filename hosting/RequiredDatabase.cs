using Bpc.Core;
using Bpc.Core.Settings;

namespace Bpc.Hosting;

/// <summary>What every server needs before it can be built.</summary>
public static class RequiredDatabase
{
    /// <summary>CONFIG_MISSING where the settings name no database.</summary>
    /// <param name="server">What needs it, such as <c>a silo</c>.</param>
    public static void RequireDatabase(this BpcSettings settings, string server)
    {
        if (settings.Database.Host is null)
        {
            throw new BpcException(BpcError.ConfigMissing, "not set", [
                new("BPC_DB_HOST",
                    $"not set; {server} needs its cluster's PostgreSQL ('bpc up' runs one of its own)")]);
        }
    }
}
