namespace Bpc.Core.Facts;

/// <summary>
/// One statement a document makes, such as the battery of a SKU: the smallest thing a snapshot holds and a rule
/// reads.
/// </summary>
/// <param name="FactType">Such as <c>Battery</c>.</param>
/// <param name="FactKey">Such as <c>battery:SKU-123</c>.</param>
/// <param name="Payload">Canonical bytes of an object (BPC-CJSON-1), in which every number is a decimal string.</param>
/// <param name="PayloadHash">SHA-256 of the payload, lower-case hex.</param>
public sealed record Fact(string FactType, string FactKey, byte[] Payload, string PayloadHash);
