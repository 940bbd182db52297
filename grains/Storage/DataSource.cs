using Bpc.Core.Settings;
using Npgsql;

namespace Bpc.Grains.Storage;

/// <summary>The one pool of connections a silo has, with the session settings every statement of ours relies on.</summary>
public static class DataSource
{
    /// <summary>Transactions of a session with this setting are announced by <c>JobWake</c>; the notify trigger skips them.</summary>
    public const string SkipNotify = "bpc.skip_notify";

    public static NpgsqlDataSource Create(BpcSettings settings) =>
        new NpgsqlDataSourceBuilder(ConnectionString(settings)) { Name = "bpc" }.Build();

    /// <summary>Also what Orleans' ADO.NET providers connect with.</summary>
    public static string ConnectionString(BpcSettings settings)
    {
        var database = settings.Database;
        return new NpgsqlConnectionStringBuilder
        {
            Host = database.Host,
            Port = database.Port,
            Username = database.User,
            Password = database.Password,
            Database = database.Name,
            SslMode = Enum.Parse<SslMode>(database.SslMode, ignoreCase: true),
            MaxPoolSize = database.PoolSize,
            ApplicationName = settings.WorkerId,
            // Statements are few and repeat for ever: the second use of one prepares it for the life of its connection.
            MaxAutoPrepare = 200,
            AutoPrepareMinUsages = 2,
            Options = SessionOptions(settings.Jobs.Lease),
        }.ConnectionString;
    }

    // A process that stops inside its transaction pins the rows it has locked, and a rescue steps around locked rows: the server
    // ends such a transaction before the lease does. Generic plans: a custom plan is made anew for each of our short statements.
    private static string SessionOptions(TimeSpan lease)
    {
        var halfLease = (long)(lease / 2).TotalMilliseconds;
        return $"-c idle_in_transaction_session_timeout={halfLease} -c lock_timeout={halfLease} -c statement_timeout=30000"
            + $" -c plan_cache_mode=force_generic_plan -c {SkipNotify}=on";
    }
}
