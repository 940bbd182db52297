namespace Bpc.Core;

/// <summary>PostgreSQL's error codes (its manual, appendix A), as far as what is to be done depends on them.</summary>
public static class SqlStates
{
    /// <summary>
    /// The same work may succeed in a moment: restart, lost connection, deadlock, out of resources, standby, one of our
    /// own timeouts, or a database that takes no connections now.
    /// </summary>
    /// <param name="severity">As the server says it untranslated: ERROR, FATAL or PANIC.</param>
    public static bool IsTransient(string state, string severity) =>
        state is "57P01" or "57P02" or "57P03" or "40001" or "40P01" or "25006"
        || state is "55P03" or "57014" or "25P03" // our own lock, statement and idle-in-transaction timeouts
        || (state is "55000" && severity is "FATAL") // the database takes no connections
        || state.StartsWith("08", StringComparison.Ordinal) || state.StartsWith("53", StringComparison.Ordinal);
}
