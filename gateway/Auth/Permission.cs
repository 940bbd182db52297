using System.Collections.Frozen;

namespace Bpc.Gateway.Auth;

/// <summary>What a route asks for; each name is also the name of its authorization policy.</summary>
internal static class Permission
{
    public const string DocumentRead = "document:read";
    public const string DocumentWrite = "document:write";
    public const string SnapshotRead = "snapshot:read";
    public const string SnapshotWrite = "snapshot:write";
    public const string RuleRead = "rule:read";
    public const string RuleWrite = "rule:write";
    public const string PassportRead = "passport:read";
    public const string PassportCompile = "passport:compile";
    public const string PassportRevoke = "passport:revoke";
    public const string JobRead = "job:read";
    public const string JobOperate = "job:operate";

    /// <summary>Puts any job into the queue, whatever permission the route has that does so otherwise.</summary>
    public const string JobEnqueue = "job:enqueue";

    public const string AuditRead = "audit:read";
    public const string WebhookRead = "webhook:read";
    public const string WebhookWrite = "webhook:write";
    public const string KeyRead = "key:read";
    public const string KeyWrite = "key:write";
    public const string PolicyRead = "policy:read";
    public const string PolicyWrite = "policy:write";

    /// <summary>The cluster's dashboard shows every tenant's grains: see <see cref="Role.Operator"/>.</summary>
    public const string DashboardView = "dashboard:view";

    private static readonly string[] s_read =
        [DocumentRead, SnapshotRead, RuleRead, PassportRead, JobRead, AuditRead, WebhookRead, KeyRead, PolicyRead];

    private static readonly string[] s_write =
        [DocumentWrite, SnapshotWrite, RuleWrite, PassportCompile, PassportRevoke, JobOperate];

    private static readonly string[] s_administer = [JobEnqueue, WebhookWrite, KeyWrite, PolicyWrite];

    /// <summary>The matrix: which role may do what.</summary>
    public static readonly FrozenDictionary<string, FrozenSet<string>> ByRole =
        new Dictionary<string, FrozenSet<string>>
        {
            [Role.Admin] = [.. s_read, .. s_write, .. s_administer],
            [Role.ComplianceOfficer] = [.. s_read, .. s_write],
            [Role.Auditor] = [.. s_read],
            [Role.Operator] = [DashboardView],
        }.ToFrozenDictionary();

    public static readonly IReadOnlyList<string> All = [.. s_read, .. s_write, .. s_administer, DashboardView];
}

/// <summary>The roles of an API key, and the one that no key has.</summary>
public static class Role
{
    public const string Admin = "Admin";
    public const string ComplianceOfficer = "ComplianceOfficer";
    public const string Auditor = "Auditor";

    /// <summary>
    /// Whoever runs this process. A sign-in link gives it, and outside production an Admin's key does too:
    /// what an operator sees is not divided by tenant.
    /// </summary>
    internal const string Operator = "Operator";
}
