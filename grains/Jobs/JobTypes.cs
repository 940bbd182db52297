namespace Bpc.Grains.Jobs;

/// <summary>The job types of this build, as they stand in the table.</summary>
public static class JobTypes
{
    public const string IngestDocument = "INGEST_DOCUMENT";
    public const string ParseFacts = "PARSE_FACTS";
    public const string BuildSnapshot = "BUILD_SNAPSHOT";
    public const string CompilePassport = "COMPILE_PASSPORT";
    public const string SignPassport = "SIGN_PASSPORT";
    public const string GenerateQr = "GENERATE_QR";
    public const string RunRuleTests = "RUN_RULE_TESTS";
    public const string ExportPassport = "EXPORT_PASSPORT";
    public const string DeliverWebhook = "DELIVER_WEBHOOK";
    public const string SweepJobs = "SWEEP_JOBS";
}
