using System.Data.Common;

namespace Bpc.Core.Settings;

/// <summary>
/// The connection string of the BPC_DB_* settings: one place, so that every program reaches the database alike.
/// </summary>
public static class DatabaseConnection
{
    public static string ToConnectionString(this DatabaseSettings settings) => new DbConnectionStringBuilder
    {
        ["Host"] = settings.Host ?? "localhost",
        ["Port"] = settings.Port,
        ["Username"] = settings.User,
        ["Password"] = settings.Password,
        ["Database"] = settings.Name,
        ["SSL Mode"] = settings.SslMode,
        ["Maximum Pool Size"] = settings.PoolSize,
    }.ConnectionString;
}
