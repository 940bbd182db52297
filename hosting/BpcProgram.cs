using System.Collections;
using Bpc.Core;
using Bpc.Core.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Bpc.Hosting;

/// <summary>
/// The main program of a server: settings from the environment, then the host until a signal ends it.
/// </summary>
public static class BpcProgram
{
    /// <summary>sysexits.h: the configuration is wrong.</summary>
    public const int ConfigurationError = 78;

    private const int Failed = 1;

    /// <summary>
    /// Exit status 0; or 78 with one line for each setting that is missing or wrong; or 1 with one line where the
    /// database does not answer before anything has started.
    /// </summary>
    /// <param name="isSilo">A silo is nothing without its database; a gateway waits for both.</param>
    public static async Task<int> RunAsync(
        string[] args, Func<string[], BpcSettings, WebApplication> build, bool isSilo = false)
    {
        var variables = Variables();
        var ignored = UnknownVariables.Among(variables.Keys).ToList();
        try
        {
            List<string> warnings = [.. ignored];
            var settings = ServerSettings.Read(variables, isSilo, warnings.Add);
            var app = build(args, settings);
            warnings.ForEach(message => app.Logger.LogWarning("{Warning}", message));
            StopDeadline? deadline = null;
            app.Lifetime.ApplicationStopping.Register(() => deadline = new(settings.Jobs));
            await RunAsync(app, isSilo ? settings.Database : null);
            deadline?.Dispose();
            return 0;
        }
        catch (BpcException e) when (e.Code == BpcError.ConfigMissing)
        {
            ignored.ForEach(Console.Error.WriteLine); // what is missing may be there under another name
            foreach (var problem in e.Violations.Count > 0 ? e.Violations : [new("", e.Message)])
            {
                await Console.Error.WriteLineAsync(
                    problem.Where.Length > 0 ? $"{problem.Where}: {problem.Message}" : problem.Message);
            }

            return ConfigurationError;
        }
        catch (PostgresException e) when (IsNotMigrated(e))
        {
            await Console.Error.WriteLineAsync(
                $"the database is not ready for this build ({e.MessageText}); run './bpc migrate' first");
            return ConfigurationError;
        }
        catch (NpgsqlException e)
        {
            await Console.Error.WriteLineAsync(DatabaseAtStart.Line(e, variables.GetValueOrDefault("BPC_DB_HOST")));
            return DatabaseAtStart.IsRefused(e) ? ConfigurationError : Failed;
        }
    }

    // The role this process works as, a table or a right that a migration brings.
    private static bool IsNotMigrated(PostgresException e) => e.SqlState is
        PostgresErrorCodes.InvalidParameterValue or PostgresErrorCodes.UndefinedTable
        or PostgresErrorCodes.UndefinedFunction or PostgresErrorCodes.InsufficientPrivilege;

    private static async Task RunAsync(WebApplication app, DatabaseSettings? needed)
    {
        await using (app)
        {
            if (needed is not null)
            {
                await DatabaseAtStart.ReachAsync(needed);
            }

            try
            {
                await app.StartAsync();
            }
            catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
            {
                // Told to stop while it starts: what has started already (a silo may hold jobs) stops as ever.
            }

            await app.WaitForShutdownAsync();
        }
    }

    private static Dictionary<string, string> Variables() => Environment.GetEnvironmentVariables()
        .Cast<DictionaryEntry>().ToDictionary(v => (string)v.Key, v => (string)v.Value!, StringComparer.Ordinal);
}
