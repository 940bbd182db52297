namespace Bpc.Core.Passports.Proving;

/// <summary>The kinds of steps a proof is made of, as they stand in its bytes.</summary>
internal static class ProofNodeType
{
    public const string Const = "CONST";
    public const string FactGet = "FACT_GET";
    public const string FieldRef = "FIELD_REF";
    public const string Op = "OP";
    public const string Assert = "ASSERT";
    public const string ComplianceEmit = "COMPLIANCE_EMIT";
}
