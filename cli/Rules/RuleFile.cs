using Bpc.Core;

namespace Bpc.Cli.Rules;

/// <summary>A rule package on disk: <c>NAME.bpcr</c>, and its tests beside it in <c>NAME.test.bpcr</c>.</summary>
internal sealed record RuleFile(FileInfo Source)
{
    private FileInfo Tests { get; } =
        new(Path.Combine(Source.DirectoryName!, Path.GetFileNameWithoutExtension(Source.Name) + ".test.bpcr"));

    public static bool IsRules(FileInfo file) =>
        file.Extension.Equals(".bpcr", StringComparison.OrdinalIgnoreCase);

    public string ReadSource() => File.ReadAllText(Source.FullName);

    /// <summary>The tests; VALIDATION_ERROR says which file is missing.</summary>
    public string ReadTests() => Tests.Exists
        ? File.ReadAllText(Tests.FullName)
        : throw new BpcException(
            BpcError.Validation,
            $"{Tests.Name} is missing beside {Source.Name}: a package is published only with tests of its own");
}
