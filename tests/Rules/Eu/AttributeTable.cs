using CsvHelper;

namespace Bpc.Tests.Rules.Eu;

/// <summary>The tables of rules/data, read as records by column.</summary>
internal static class AttributeTable
{
    /// <summary>Every attribute of a battery passport, and which category must, may or need not fill it.</summary>
    public static IReadOnlyList<IReadOnlyDictionary<string, string>> Attributes { get; } = Read("attributes.csv");

    /// <summary>The 71 data points of the Commission's guidance.</summary>
    public static IReadOnlyList<IReadOnlyDictionary<string, string>> DataPoints { get; } = Read("ec_datapoints.csv");

    private static readonly HashSet<string> s_voluntaryWhereStationary =
        Read("attributes_ext.csv").Where(row => row["stationary"] == "L").Select(row => row["id"]).ToHashSet();

    /// <summary>
    /// The row's letter for a category. What an industrial battery owes under a condition is owed by nobody where a
    /// standard alone asks for it of stationary ones, the only ones it is about (decisions/2026-11-23-eu-packages).
    /// </summary>
    public static string Letter(IReadOnlyDictionary<string, string> row, string category) =>
        row[$"mandatory_{category}"] is "C" && category == "industrial"
            && s_voluntaryWhereStationary.Contains(row["id"])
            ? "L" : row[$"mandatory_{category}"];

    private static List<IReadOnlyDictionary<string, string>> Read(string file)
    {
        using var csv = CsvReader.Create(
            File.ReadAllBytes(Path.Combine(Repository.Root, "rules", "data", file)),
            new CsvReaderOptions { Separator = ',', HasHeader = false });
        Assert.True(csv.Read());
        var columns = csv.Current.ToArray();
        var rows = new List<IReadOnlyDictionary<string, string>>();
        while (csv.Read())
        {
            rows.Add(columns.Zip(csv.Current.ToArray()).ToDictionary(cell => cell.First, cell => cell.Second));
        }

        return rows;
    }
}
