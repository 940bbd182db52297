namespace Bpc.GrainInterfaces;

/// <summary>
/// Who calls, and why: travels with every writing grain call. The grain stores the idempotency key in the transaction
/// of the effect.
/// </summary>
/// <param name="ActorId">Such as <c>api_key:0198…</c>; stands in the event.</param>
/// <param name="TraceParent">W3C trace context, or null.</param>
/// <param name="IdempotencyKey">Null where the client sent none.</param>
/// <param name="RequestHash">SHA-256 hex of method, route and body; null without an idempotency key.</param>
[GenerateSerializer, Immutable, Alias("bpc.Call")]
public sealed record Call(
    [property: Id(0)] Guid TenantId,
    [property: Id(1)] string ActorId,
    [property: Id(2)] string CorrelationId,
    [property: Id(3)] string? TraceParent = null,
    [property: Id(4)] string? IdempotencyKey = null,
    [property: Id(5)] string? RequestHash = null);
