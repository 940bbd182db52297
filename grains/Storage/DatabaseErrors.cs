using Npgsql;

namespace Bpc.Grains.Storage;

/// <summary>Tells a database that is restarting or busy from a statement that is wrong.</summary>
public static class DatabaseErrors
{
    /// <summary>
    /// The same work may succeed in a moment: connection lost or refused, restart, deadlock, out of resources, standby.
    /// </summary>
    public static bool IsTransient(Exception error) => error switch
    {
        PostgresException { SqlState: "55000", InvariantSeverity: "FATAL" } => true, // it takes no connections now
        PostgresException { SqlState: var state } =>
            state is "57P01" or "57P02" or "57P03" or "40001" or "40P01" or "25006"
            || state is "55P03" or "57014" or "25P03" // our own lock, statement and idle-in-transaction timeouts
            || state.StartsWith("08", StringComparison.Ordinal) || state.StartsWith("53", StringComparison.Ordinal),
        NpgsqlException => true, // not the server's word: the connection broke, or none could be had
        _ => false,
    };
}
