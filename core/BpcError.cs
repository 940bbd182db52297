namespace Bpc.Core;

/// <summary>What a job does when a handler ends with an error.</summary>
public enum Disposition
{
    /// <summary>FAILED at once: the input is wrong for good.</summary>
    Fail,

    /// <summary>Back off and run again; DEAD_LETTER when the attempts run out.</summary>
    Retry,

    /// <summary>DEAD_LETTER at once: repeating cannot help until somebody acts.</summary>
    Park,
}

/// <summary>
/// One error code with one meaning everywhere: HTTP status, problem body, job disposition, log and metric label.
/// </summary>
/// <param name="Name">The code as clients and operators read it, such as <c>SNAPSHOT_SEALED</c>.</param>
/// <param name="Status">The HTTP status; 500 where the code never reaches HTTP.</param>
/// <param name="InJob">What a job that meets it does.</param>
public sealed record BpcError(string Name, int Status, Disposition InJob)
{
    public static readonly BpcError ConfigMissing = new("CONFIG_MISSING", 500, Disposition.Fail);
    public static readonly BpcError Unauthorized = new("UNAUTHORIZED", 401, Disposition.Fail);
    public static readonly BpcError ApiKeyRevoked = new("API_KEY_REVOKED", 401, Disposition.Fail);
    public static readonly BpcError Forbidden = new("FORBIDDEN", 403, Disposition.Fail);
    public static readonly BpcError NotFound = new("NOT_FOUND", 404, Disposition.Fail);
    public static readonly BpcError Validation = new("VALIDATION_ERROR", 422, Disposition.Fail);
    public static readonly BpcError DocumentRejected = new("DOCUMENT_REJECTED", 422, Disposition.Fail);
    public static readonly BpcError UnsupportedJobType = new("UNSUPPORTED_JOB_TYPE", 500, Disposition.Fail);
    public static readonly BpcError JobPayloadInvalid = new("JOB_PAYLOAD_INVALID", 500, Disposition.Fail);
    public static readonly BpcError PayloadLimit = new("PAYLOAD_LIMIT", 413, Disposition.Fail);
    public static readonly BpcError IdempotencyConflict = new("IDEMPOTENCY_CONFLICT", 409, Disposition.Fail);
    public static readonly BpcError InvalidState = new("INVALID_STATE", 409, Disposition.Fail);
    public static readonly BpcError SnapshotSealed = new("SNAPSHOT_SEALED", 409, Disposition.Fail);
    public static readonly BpcError SnapshotNotSealed = new("SNAPSHOT_NOT_SEALED", 409, Disposition.Retry);
    public static readonly BpcError RulePackageNotPublished = new("RULE_PKG_NOT_PUBLISHED", 409, Disposition.Retry);
    public static readonly BpcError RuleTestsFailed = new("RULE_TESTS_FAILED", 409, Disposition.Fail);
    public static readonly BpcError RuleParse = new("RULE_PARSE_ERROR", 422, Disposition.Fail);
    public static readonly BpcError RuleType = new("RULE_TYPE_ERROR", 422, Disposition.Fail);
    public static readonly BpcError RuleCycle = new("RULE_CYCLE_DETECTED", 422, Disposition.Fail);
    public static readonly BpcError UnitMismatch = new("UNIT_MISMATCH", 422, Disposition.Fail);
    public static readonly BpcError RuleAssertFailed = new("RULE_ASSERT_FAILED", 422, Disposition.Fail);
    public static readonly BpcError DivisionByZero = new("DIVISION_BY_ZERO", 422, Disposition.Fail);
    public static readonly BpcError RuleBudgetExceeded = new("RULE_BUDGET_EXCEEDED", 422, Disposition.Park);
    public static readonly BpcError PayloadTooLarge = new("PAYLOAD_TOO_LARGE", 422, Disposition.Park);
    public static readonly BpcError ProofTooLarge = new("PROOF_TOO_LARGE", 422, Disposition.Park);
    public static readonly BpcError ReceiptTooLarge = new("RECEIPT_TOO_LARGE", 422, Disposition.Park);
    public static readonly BpcError SigningKeyMissing = new("SIGNING_KEY_MISSING", 500, Disposition.Retry);
    public static readonly BpcError SignatureInvalid = new("SIGNATURE_INVALID", 409, Disposition.Fail);
    public static readonly BpcError ReplayMismatch = new("REPLAY_MISMATCH", 409, Disposition.Fail);
    public static readonly BpcError WebhookFailed = new("WEBHOOK_FAILED", 500, Disposition.Retry);
    public static readonly BpcError WebhookRejected = new("WEBHOOK_REJECTED", 500, Disposition.Park);
    public static readonly BpcError WebhookUrlForbidden = new("WEBHOOK_URL_FORBIDDEN", 422, Disposition.Fail);
    public static readonly BpcError RateLimited = new("RATE_LIMITED", 429, Disposition.Retry);
    public static readonly BpcError DbUnavailable = new("DB_UNAVAILABLE", 503, Disposition.Retry);
    public static readonly BpcError QueueUnavailable = new("QUEUE_UNAVAILABLE", 503, Disposition.Retry);
    public static readonly BpcError LeaseExpired = new("LEASE_EXPIRED", 500, Disposition.Retry);
    public static readonly BpcError JobTimeout = new("JOB_TIMEOUT", 500, Disposition.Retry);
    public static readonly BpcError Internal = new("INTERNAL_ERROR", 500, Disposition.Retry);

    /// <summary>Every code, in the order of the table in docs/errors.md.</summary>
    public static IReadOnlyList<BpcError> All { get; } =
    [
        ConfigMissing, Unauthorized, ApiKeyRevoked, Forbidden, NotFound, Validation, DocumentRejected,
        UnsupportedJobType, JobPayloadInvalid, PayloadLimit, IdempotencyConflict, InvalidState, SnapshotSealed,
        SnapshotNotSealed, RulePackageNotPublished, RuleTestsFailed, RuleParse, RuleType, RuleCycle, UnitMismatch,
        RuleAssertFailed, DivisionByZero, RuleBudgetExceeded, PayloadTooLarge, ProofTooLarge, ReceiptTooLarge,
        SigningKeyMissing, SignatureInvalid, ReplayMismatch, WebhookFailed, WebhookRejected, WebhookUrlForbidden,
        RateLimited, DbUnavailable, QueueUnavailable, LeaseExpired, JobTimeout, Internal,
    ];

    private static readonly Dictionary<string, BpcError> s_byName =
        All.ToDictionary(e => e.Name, StringComparer.Ordinal);

    /// <summary>The code of that name; an unknown name (a newer build's) is <see cref="Internal"/>.</summary>
    public static BpcError Named(string name) => s_byName.GetValueOrDefault(name, Internal);
}
