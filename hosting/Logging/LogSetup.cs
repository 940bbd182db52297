using Bpc.Core.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bpc.Hosting.Logging;

/// <summary>BPC_LOG_LEVEL, BPC_LOG_JSON and BPC_LOG_FILE.</summary>
public static class LogSetup
{
    /// <summary>
    /// Our own lines from the level on; those of the frameworks from one level above it, and never below WARN at info.
    /// </summary>
    public static ILoggingBuilder AddBpcLogging(this ILoggingBuilder logging, LogSettings settings)
    {
        var level = Level(settings.Level);
        var frameworks = level < LogLevel.Information ? level + 1 : level == LogLevel.Error ? level : LogLevel.Warning;
        logging.ClearProviders().SetMinimumLevel(frameworks).AddFilter("Bpc", level)
            // It writes whole addresses, and a client may have put a key into one.
            .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
        logging.Services.AddSingleton<ILoggerProvider>(
            services => new LogWriter(settings, services.GetService<TimeProvider>() ?? TimeProvider.System));
        return logging;
    }

    private static LogLevel Level(string name) => name switch
    {
        "trace" => LogLevel.Trace,
        "debug" => LogLevel.Debug,
        "warn" => LogLevel.Warning,
        "error" => LogLevel.Error,
        _ => LogLevel.Information,
    };
}
