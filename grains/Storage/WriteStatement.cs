using Npgsql;

namespace Bpc.Grains.Storage;

/// <summary>One write, or the same write of many jobs, as a statement.</summary>
internal sealed class WriteStatement
{
    public WriteStatement(IReadOnlyList<Write> same)
    {
        First = same[0];
        Promised = same.Any(write => write.Rows is null) ? null : same.Sum(write => write.Rows);
        Command = new(First.Sql);
        for (var i = 0; i < First.Values.Count; i++)
        {
            Command.Parameters.Add(First.TakesMany ? Column([.. same.Select(write => write.Values[i])])
                : new() { Value = First.Values[i] ?? DBNull.Value });
        }
    }

    public Write First { get; }

    /// <summary>The rows it must change; null where any number is right.</summary>
    public int? Promised { get; }

    public NpgsqlBatchCommand Command { get; }

    public int Changed => (int)Command.Rows;

    private static NpgsqlParameter Column(object?[] values) => values.FirstOrDefault(value => value is not null) switch
    {
        Guid => Of<Guid?>(values),
        int => Of<int?>(values),
        byte[] => Of<byte[]?>(values),
        DateTime => Of<DateTime?>(values),
        null or string => Of<string?>(values),
        var other => throw new NotSupportedException($"{other.GetType()} in a write that takes many"),
    };

    private static NpgsqlParameter<T[]> Of<T>(object?[] values) =>
        new() { TypedValue = Array.ConvertAll(values, value => (T)value!) };
}
