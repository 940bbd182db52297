using System.CommandLine;

namespace Bpc.Cli;

/// <summary>Options that mean the same in several commands.</summary>
internal static class CommonOptions
{
    public static Option<bool> Json() => new("--json") { Description = "Print JSON, one line an answer, for scripts." };
}
