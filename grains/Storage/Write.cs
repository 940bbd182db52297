using Bpc.Grains.Jobs;

namespace Bpc.Grains.Storage;

/// <summary>
/// One statement as data, so that many jobs can share a transaction: SQL with <c>$1</c> …, its values, and the rows it
/// must change.
/// </summary>
/// <param name="Rows">
/// The rows the statement must change, or the group is rolled back; null where any number is right.
/// </param>
/// <param name="Enqueues">
/// It may put jobs into the table (an event may lead to deliveries): the dispatcher looks again after the commit.
/// </param>
public sealed record Write(string Sql, IReadOnlyList<object?> Values, int? Rows = 1, bool Enqueues = false)
{
    /// <summary>The job this write inserts: those of a transaction share one statement of the engine's own.</summary>
    internal NewJob? Job { get; private init; }

    /// <summary>Its statement takes arrays (<see cref="Many"/>).</summary>
    internal bool TakesMany { get; private init; }

    /// <summary>
    /// A write whose statement takes each value as an array, such as
    /// <c>UPDATE … FROM unnest($1::uuid[], $2::bytea[]) AS w (…)</c>: the same write of many jobs in a transaction is
    /// one statement, which changes as many rows as all of them promise.
    /// </summary>
    public static Write Many(string sql, IReadOnlyList<object?> values, int? rows = 1, bool enqueues = false) =>
        new(sql, values, rows, enqueues) { TakesMany = true };

    internal static Write Of(NewJob job) => new("", [], Rows: null) { Job = job };
}
