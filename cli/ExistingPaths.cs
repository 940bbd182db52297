using System.CommandLine;
using System.CommandLine.Parsing;

namespace Bpc.Cli;

/// <summary>Files and directories that must be there; one is not taken for the other.</summary>
internal static class ExistingPaths
{
    public static Argument<T> OfExistingFiles<T>(this Argument<T> argument)
    {
        argument.Validators.Add(CheckFiles);
        return argument;
    }

    public static Option<T> OfExistingFiles<T>(this Option<T> option)
    {
        option.Validators.Add(CheckFiles);
        return option;
    }

    public static Option<DirectoryInfo> OfExistingDirectories(this Option<DirectoryInfo> option)
    {
        option.Validators.Add(result =>
        {
            foreach (var path in result.Tokens.Select(token => token.Value).Where(path => !Directory.Exists(path)))
            {
                result.AddError(File.Exists(path)
                    ? $"'{path}' is a file; a directory is wanted" : $"there is no directory '{path}'");
            }
        });
        return option;
    }

    private static void CheckFiles(SymbolResult result)
    {
        foreach (var path in result.Tokens.Select(token => token.Value).Where(path => !File.Exists(path)))
        {
            result.AddError(Directory.Exists(path)
                ? $"'{path}' is a directory; a file is wanted" : $"there is no file '{path}'");
        }
    }
}
