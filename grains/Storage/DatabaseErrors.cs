using Bpc.Core;
using Npgsql;

namespace Bpc.Grains.Storage;

/// <summary>Tells a database that is restarting or busy from a statement that is wrong.</summary>
public static class DatabaseErrors
{
    /// <summary>The same work may succeed in a moment.</summary>
    public static bool IsTransient(Exception error) => error switch
    {
        PostgresException e => SqlStates.IsTransient(e.SqlState, e.InvariantSeverity),
        NpgsqlException => true, // not the server's word: the connection broke, or none could be had
        _ => false,
    };
}
