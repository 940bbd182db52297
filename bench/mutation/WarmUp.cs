using System.Runtime.CompilerServices;
using Bpc.Core.Rules;

namespace Bpc.Tests;

/// <summary>
/// Fills core's static fields before a mutant is active: the test process outlives its mutants, and a table filled
/// under one of them would judge all that follow.
/// </summary>
internal static class WarmUp
{
    [ModuleInitializer]
    internal static void FillStaticFields()
    {
        // While coverage is captured no mutant is active, and every process that touches core is waited for.
        if (Environment.GetEnvironmentVariable("STRYKER_COVERAGE_FILE") is not null
            || Environment.GetEnvironmentVariable("STRYKER_MUTANT_FILE") is not { } file || !File.Exists(file))
        {
            return;
        }

        var active = new byte[sizeof(int)];
        using var mutant = new FileStream(
            file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        mutant.ReadExactly(active);
        Write(mutant, BitConverter.GetBytes(-1));
        foreach (var type in typeof(RulePackage).Assembly.GetTypes().Where(type =>
            type is { Namespace: { } name, ContainsGenericParameters: false }
            && name.StartsWith("Bpc.", StringComparison.Ordinal)))
        {
            RuntimeHelpers.RunClassConstructor(type.TypeHandle);
        }

        Write(mutant, active);
    }

    private static void Write(FileStream mutant, byte[] id)
    {
        mutant.Position = 0;
        mutant.Write(id);
        mutant.Flush();
    }
}
