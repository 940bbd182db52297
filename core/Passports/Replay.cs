using Bpc.Core.Rules;

namespace Bpc.Core.Passports;

/// <summary>The first difference between a stored version and its recompile, such as field <c>battery.capacity_kwh</c> with both values.</summary>
public sealed record ReplayDifference(string What, string Stored, string Recompiled);

/// <summary>Recompiles a stored version under its own package and compares.</summary>
public static class Replay
{
    /// <summary>Null where payload, sections, proof root and receipt are the same bytes.</summary>
    public static ReplayDifference? Compare(RulePackage rules, CompileInput input, SignedPassport stored) => throw new NotImplementedException();
}
