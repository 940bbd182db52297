using System.Diagnostics;
using Bpc.Core.Numbers;

namespace Bpc.Core.Rules.Evaluate;

/// <summary>
/// The one order of values of a type: numbers by size, texts by UTF-16 code units, dates by day; culture has no say.
/// </summary>
internal static class Ordering
{
    public static int Compare(Value left, Value right) => (left, right) switch
    {
        (IntValue a, IntValue b) => a.Value.CompareTo(b.Value),
        (DecimalValue a, DecimalValue b) => a.Value.CompareTo(b.Value),
        (IntValue a, DecimalValue b) => new ExactDecimal(a.Value, 0).CompareTo(b.Value),
        (DecimalValue a, IntValue b) => a.Value.CompareTo(new ExactDecimal(b.Value, 0)),
        (TextValue a, TextValue b) => string.CompareOrdinal(a.Value, b.Value),
        (DateValue a, DateValue b) => a.Value.CompareTo(b.Value),
        (BoolValue a, BoolValue b) => a.Value.CompareTo(b.Value),
        _ => throw new UnreachableException("the type checker lets only values of one ordered type be compared"),
    };
}
