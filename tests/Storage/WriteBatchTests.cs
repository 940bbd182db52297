using Bpc.Grains.Storage;
using Npgsql;

namespace Bpc.Tests.Storage;

/// <summary>Which statements the writes of many jobs become.</summary>
public sealed class WriteBatchTests
{
    [Fact]
    public void The_same_write_of_many_jobs_is_one_statement_and_each_jobs_writes_keep_their_order()
    {
        var (first, second) = (Guid.NewGuid(), Guid.NewGuid());

        var commands = Batch(
            [new("one", []), Many("mark", first, "a"), new("last", [])],
            [new("another", []), Many("mark", second, null)]);

        Assert.Equal(["one", "another", "mark", "last"], commands.Select(c => c.CommandText));
        Assert.Equal(new Guid?[] { first, second }, commands[2].Parameters[0].Value);
        Assert.Equal(new[] { "a", null }, commands[2].Parameters[1].Value);
    }

    [Fact]
    public void Writes_that_take_one_value_each_stay_statements_of_their_own()
    {
        var commands = Batch([new("mark", [1])], [new("mark", [2])]);

        Assert.Equal([1, 2], commands.Select(c => c.Parameters[0].Value));
    }

    [Fact]
    public void A_statement_of_many_writes_promises_the_rows_of_all_of_them()
    {
        Assert.Equal(5, new WriteStatement([Many("mark", "a") with { Rows = 2 }, Many("mark", "b") with { Rows = 3 }])
            .Promised);
        Assert.Null(new WriteStatement([Many("mark", "a") with { Rows = null }, Many("mark", "b")]).Promised);
    }

    private static Write Many(string sql, params object?[] values) => Write.Many(sql, values);

    private static List<NpgsqlBatchCommand> Batch(params Write[][] jobs)
    {
        using var batch = new NpgsqlBatch();
        new WriteBatch(jobs).AddTo(batch);
        return [.. batch.BatchCommands.Cast<NpgsqlBatchCommand>()];
    }
}
