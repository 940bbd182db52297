using System.CommandLine;
using Bpc.Core;
using Bpc.Core.Rules;

namespace Bpc.Cli.Rules;

/// <summary>A rule package on disk: <c>NAME.bpcr</c>, and its tests beside it in <c>NAME.test.bpcr</c>.</summary>
internal sealed record RuleFile(FileInfo Source)
{
    private const string Ending = ".bpcr";
    private const string TestsEnding = ".test.bpcr";

    private FileInfo Tests { get; } =
        new(Path.Combine(Source.DirectoryName!, Path.GetFileNameWithoutExtension(Source.Name) + TestsEnding));

    /// <summary>Either file, which must be there. Of any other, every line would be an error.</summary>
    public static Argument<FileInfo> Argument(string description)
    {
        var argument = new Argument<FileInfo>("FILE") { Description = description }.OfExistingFiles();
        argument.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var path }] && !IsRules(new(path)))
            {
                result.AddError($"'{path}' is no rule package; NAME{Ending} or NAME{TestsEnding} is wanted");
            }
        });
        return argument;
    }

    /// <summary>The package of either file.</summary>
    public static RuleFile Of(FileInfo file) => new(
        file.Name.EndsWith(TestsEnding, StringComparison.OrdinalIgnoreCase)
            ? new FileInfo(file.FullName[..^TestsEnding.Length] + Ending) : file);

    public static bool IsRules(FileInfo file) =>
        file.Extension.Equals(Ending, StringComparison.OrdinalIgnoreCase);

    public string ReadSource() => File.ReadAllText(Source.FullName);

    /// <summary>
    /// The tests beside the package, none where it holds tests itself; VALIDATION_ERROR where there are neither.
    /// </summary>
    public string ReadTests(RulePackage package) => Tests.Exists ? File.ReadAllText(Tests.FullName)
        : package.HasTests ? ""
        : throw new BpcException(
            BpcError.Validation,
            $"{Source.Name} holds no tests and {Tests.Name} is not beside it: a package is published only with tests");

    /// <summary>Compiles the package, and checks its tests where it has some.</summary>
    public RulePackage Check()
    {
        var package = RulePackage.Compile(ReadSource());
        if (Tests.Exists)
        {
            Locate(Tests, () => RuleTests.Check(package, ReadTests(package)));
        }

        return package;
    }

    /// <summary>Where several files are read, each error also says in which one it is.</summary>
    public static void Locate(FileInfo file, Action read)
    {
        try
        {
            read();
        }
        catch (BpcException e) when (e.Violations.Count > 0)
        {
            throw new BpcException(
                e.Code, e.Message, [.. e.Violations.Select(v => v with { Where = $"{file.Name} {v.Where}" })]);
        }
    }
}
