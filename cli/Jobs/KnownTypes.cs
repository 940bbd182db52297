using System.Reflection;
using Bpc.Grains.Jobs;

namespace Bpc.Cli.Jobs;

/// <summary>
/// The job types of this build. Another one may belong to a silo of a later build, so it is no error; most often it is
/// a slip of the pen that would hold nothing back and run never.
/// </summary>
internal static class KnownTypes
{
    private static readonly string[] s_all =
    [
        .. typeof(JobTypes).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (string)field.GetRawConstantValue()!),
    ];

    public static void Warn(Terminal terminal, string? type)
    {
        if (type is not null && !s_all.Contains(type))
        {
            terminal.Say($"Warning: this build knows no job type {type}, only {string.Join(", ", s_all)}");
        }
    }
}
