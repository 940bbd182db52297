namespace Bpc.Grains.Audit;

/// <summary>Every kind of event there is, named after its aggregate and what happened to it.</summary>
public static class EventTypes
{
    public const string TenantCreated = "tenant.created";
    public const string ApiKeyCreated = "api_key.created";
    public const string ApiKeyRevoked = "api_key.revoked";
    public const string AccessPolicyReplaced = "access_policy.replaced";
    public const string DocumentCreated = "document.created";
    public const string DocumentVersionUploaded = "document_version.uploaded";
    public const string DocumentVersionValidated = "document_version.validated";
    public const string DocumentVersionRejected = "document_version.rejected";
    public const string SnapshotCreated = "snapshot.created";
    public const string SnapshotItemsAdded = "snapshot.items_added";
    public const string SnapshotBuilt = "snapshot.built";
    public const string SnapshotSealed = "snapshot.sealed";
    public const string RulePackageCreated = "rule_package.created";
    public const string RulePackageVersionDrafted = "rule_package_version.drafted";
    public const string RulePackageVersionTestsRequested = "rule_package_version.tests_requested";
    public const string RulePackageVersionValidated = "rule_package_version.validated";
    public const string RulePackageVersionPublished = "rule_package_version.published";
    public const string RulePackageVersionDeprecated = "rule_package_version.deprecated";
    public const string RulePackageVersionRetired = "rule_package_version.retired";
    public const string BatteryProductCreated = "battery_product.created";
    public const string PassportCreated = "passport.created";
    public const string PassportCompileRequested = "passport.compile_requested";
    public const string PassportVersionCompiled = "passport_version.compiled";
    public const string PassportVersionSigned = "passport_version.signed";
    public const string PassportVersionQrGenerated = "passport_version.qr_generated";
    public const string PassportVersionActivated = "passport_version.activated";
    public const string PassportVersionSuperseded = "passport_version.superseded";
    public const string PassportVersionRevoked = "passport_version.revoked";
    public const string PassportVersionExported = "passport_version.exported";
    public const string JobControlPaused = "job_control.paused";
    public const string JobControlResumed = "job_control.resumed";
    public const string JobControlLimited = "job_control.limited";
    public const string JobScheduleSet = "job_schedule.set";
    public const string JobScheduleRemoved = "job_schedule.removed";
    public const string WebhookEndpointCreated = "webhook_endpoint.created";
    public const string WebhookEndpointUpdated = "webhook_endpoint.updated";
    public const string WebhookEndpointEnabled = "webhook_endpoint.enabled";
    public const string WebhookEndpointDisabled = "webhook_endpoint.disabled";
    public const string WebhookEndpointSecretRotated = "webhook_endpoint.secret_rotated";
    public const string WebhookEndpointDeleted = "webhook_endpoint.deleted";
    public const string WebhookSubscriptionCreated = "webhook_subscription.created";
    public const string WebhookSubscriptionDeleted = "webhook_subscription.deleted";
    public const string WebhookDeliveryReplayed = "webhook_delivery.replayed";
    public const string AccessDenied = "access.denied";

    /// <summary>What a webhook may subscribe to; beside these there is <c>*</c> for all.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        TenantCreated, ApiKeyCreated, ApiKeyRevoked, AccessPolicyReplaced,
        DocumentCreated, DocumentVersionUploaded, DocumentVersionValidated, DocumentVersionRejected,
        SnapshotCreated, SnapshotItemsAdded, SnapshotBuilt, SnapshotSealed,
        RulePackageCreated, RulePackageVersionDrafted, RulePackageVersionTestsRequested, RulePackageVersionValidated,
        RulePackageVersionPublished, RulePackageVersionDeprecated, RulePackageVersionRetired,
        BatteryProductCreated, PassportCreated, PassportCompileRequested,
        PassportVersionCompiled, PassportVersionSigned, PassportVersionQrGenerated, PassportVersionActivated,
        PassportVersionSuperseded, PassportVersionRevoked, PassportVersionExported,
        JobControlPaused, JobControlResumed, JobControlLimited, JobScheduleSet, JobScheduleRemoved,
        WebhookEndpointCreated, WebhookEndpointUpdated, WebhookEndpointEnabled, WebhookEndpointDisabled,
        WebhookEndpointSecretRotated, WebhookEndpointDeleted, WebhookSubscriptionCreated, WebhookSubscriptionDeleted,
        WebhookDeliveryReplayed,
        AccessDenied,
    ];

    /// <summary>The aggregate's type: what stands before the dot.</summary>
    public static string Aggregate(string eventType) => eventType[..eventType.IndexOf('.', StringComparison.Ordinal)];
}
