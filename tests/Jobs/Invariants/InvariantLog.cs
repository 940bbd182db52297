using Bpc.Tests.Database;

namespace Bpc.Tests.Jobs.Invariants;

/// <summary>A test's database that keeps a log of every job's changes, and the checker that reads it.</summary>
internal static class InvariantLog
{
    private static readonly string s_script =
        File.ReadAllText(Path.Combine(Repository.Root, "tests", "Jobs", "Invariants", "invariants.sql"));

    public static async Task<TestDatabase> CreateLoggedDatabaseAsync(this PostgresServer postgres)
    {
        var database = await postgres.CreateDatabaseAsync();
        await database.ExecuteAsync(s_script);
        return database;
    }

    /// <summary>Every line says which invariant is broken, where and how; none, where all hold.</summary>
    /// <param name="patience">How long an expired lease may lie about.</param>
    public static async Task<string[]> ViolationsAsync(this TestDatabase database, TimeSpan patience) =>
        await database.ScalarAsync<string[]>(
            "SELECT array_agg(invariant || ' ' || subject || ' ' || detail) FROM violations($1)", patience) ?? [];
}
