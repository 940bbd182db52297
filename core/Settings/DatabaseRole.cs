namespace Bpc.Core.Settings;

/// <summary>The roles of sql/090_roles.sql. Nobody logs in as one; each process works as one.</summary>
public static class DatabaseRole
{
    /// <summary>Owns every table; migrates.</summary>
    public const string Owner = "bpc_owner";

    /// <summary>A silo: the rows of all tenants, no tables.</summary>
    public const string Worker = "bpc_worker";

    /// <summary>A gateway: reads the rows of one tenant at a time.</summary>
    public const string Gateway = "bpc_gateway";
}
