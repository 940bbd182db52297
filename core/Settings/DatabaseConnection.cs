using System.Data.Common;

namespace Bpc.Core.Settings;

/// <summary>
/// The connection string of the BPC_DB_* settings: one place, so that every program reaches the database alike.
/// </summary>
public static class DatabaseConnection
{
    /// <summary>As the login itself: an operator, or whoever migrates.</summary>
    public static string ToConnectionString(this DatabaseSettings settings) => Builder(settings).ConnectionString;

    /// <summary>
    /// As one of the roles the login is a member of, with more session options (<c>-c name=value</c>). The role is an
    /// option of the session's start: whatever resets the session comes back to it, never to the login.
    /// </summary>
    public static string ToConnectionString(this DatabaseSettings settings, string role, string options = "")
    {
        var builder = Builder(settings);
        builder["Options"] = $"-c role={role} {options}".TrimEnd();
        return builder.ConnectionString;
    }

    private static DbConnectionStringBuilder Builder(DatabaseSettings settings) => new()
    {
        ["Host"] = settings.Host ?? "localhost",
        ["Port"] = settings.Port,
        ["Username"] = settings.User,
        ["Password"] = settings.Password,
        ["Database"] = settings.Name,
        ["SSL Mode"] = settings.SslMode,
        ["Maximum Pool Size"] = settings.PoolSize,
    };
}
