using Bpc.Core;
using Bpc.Core.Settings;
using Npgsql;

namespace Bpc.Hosting;

/// <summary>
/// Asks the database before Orleans starts, each part of which would else log a stack trace of its own.
/// </summary>
internal static class DatabaseAtStart
{
    /// <summary>An NpgsqlException where it cannot be had.</summary>
    public static async Task ReachAsync(DatabaseSettings database)
    {
        var settings = new NpgsqlConnectionStringBuilder(database.ToConnectionString(DatabaseRole.Worker))
        {
            Pooling = false, // asked this once
        };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
    }

    /// <summary>What is said of it, in one line.</summary>
    public static string Line(NpgsqlException error, string? host)
    {
        var reason = error is PostgresException answered ? answered.MessageText
            : error.InnerException is { Message: var inner } && !error.Message.Contains(inner, StringComparison.Ordinal)
                ? $"{error.Message}: {inner}" : error.Message;
        return $"{BpcError.DbUnavailable.Name}: {reason} (BPC_DB_HOST is {host}; BPC_DB_* name the database)"
            .ReplaceLineEndings(" ");
    }

    /// <summary>Whether the server answered that the settings are wrong: trying again would be in vain.</summary>
    public static bool IsRefused(NpgsqlException error) => error.SqlState is PostgresErrorCodes.InvalidPassword
        or PostgresErrorCodes.InvalidAuthorizationSpecification or PostgresErrorCodes.InvalidCatalogName;
}
