namespace Bpc.Core.Canonical;

/// <summary>What writes itself as one canonical value: JSON, and the values of the rule language.</summary>
internal interface ICanonicalValue
{
    void WriteTo(CanonicalWriter writer);
}
