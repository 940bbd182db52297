using System.Text.RegularExpressions;

namespace Bpc.Grains.Storage;

/// <summary>One numbered file of sql/, embedded in this assembly so that a published image carries it.</summary>
/// <param name="Version">The digits its name starts with.</param>
/// <param name="Sql">Its <c>-- migrate:up</c> section.</param>
internal sealed partial record Migration(string Version, string Name, string Sql)
{
    /// <summary>All of them, in the order they are applied.</summary>
    public static IReadOnlyList<Migration> All { get; } = ReadAll();

    private static List<Migration> ReadAll()
    {
        var assembly = typeof(Migration).Assembly;
        var migrations = assembly.GetManifestResourceNames()
            .Where(resource => resource.EndsWith(".sql", StringComparison.Ordinal))
            .Select(resource =>
            {
                using var text = new StreamReader(assembly.GetManifestResourceStream(resource)!);
                return Parse(resource, text.ReadToEnd());
            })
            .OrderBy(migration => migration.Name, StringComparer.Ordinal)
            .ToList();

        var twice = migrations.GroupBy(migration => migration.Version).FirstOrDefault(same => same.Count() > 1);
        return twice is null ? migrations
            : throw new InvalidOperationException(
                $"Version {twice.Key} twice: {string.Join(", ", twice.Select(same => same.Name))}.");
    }

    private static Migration Parse(string name, string text)
    {
        var version = LeadingDigits().Match(name).Value;
        var sections = Sections().Match(text);
        return version.Length > 0 && sections.Success ? new(version, name, sections.Groups["up"].Value)
            : throw new InvalidOperationException($"{name}: wants a name of digits and a first line '-- migrate:up'.");
    }

    [GeneratedRegex(@"^\d+")]
    private static partial Regex LeadingDigits();

    [GeneratedRegex(
        @"\A-- migrate:up[ \t]*\r?\n(?<up>.*?)(^-- migrate:down|\z)", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Sections();
}
