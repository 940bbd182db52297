using System.Diagnostics.Metrics;
using Bpc.Core.Settings;
using OpenTelemetry.Metrics;

namespace Bpc.Hosting.Metrics;

/// <summary>
/// What of the frameworks' many metrics is shown: what an operator of BPC acts on, each with a help text, in base
/// units, and with labels that have an end (no connection strings, no ids).
/// </summary>
internal static class MetricViews
{
    private static readonly string[] s_none = [];

    private static readonly Dictionary<string, string> s_orleans = new()
    {
        ["orleans-catalog-activations"] = "Grain activations on this silo",
        ["orleans-app-requests-timedout"] = "Grain calls that had no answer in time",
        ["orleans-messaging-rejected"] = "Messages between silos that were refused",
        ["orleans-messaging-expired"] = "Messages between silos that came too late",
        ["orleans-messaging-pings-reply-missed"] = "Probes of other silos that had no answer",
        ["orleans-scheduler-long-running-turns"] = "Turns of grains that kept others waiting",
        ["orleans-gateway-connected-clients"] = "Orleans clients (gateways) connected to this silo",
    };

    private static readonly Dictionary<string, string> s_runtime = new()
    {
        ["dotnet.process.memory.working_set"] = "Physical memory of the process",
        ["dotnet.gc.last_collection.memory.committed_size"] = "Memory the garbage collector holds, used or not",
        ["dotnet.process.cpu.time"] = "Processor time of the process",
        ["dotnet.gc.collections"] = "Garbage collections, by generation",
        ["dotnet.gc.pause.time"] = "Time the process stood still for garbage collections",
    };

    public static MetricStreamConfiguration? Of(Instrument instrument, MetricsSettings settings) =>
        instrument.Meter.Name switch
        {
            "Microsoft.Orleans" => Described(s_orleans, instrument.Name),
            "System.Runtime" => Described(s_runtime, instrument.Name),
            "Npgsql" => instrument.Name == "db.client.operation.duration"
                ? new() { TagKeys = s_none } : MetricStreamConfiguration.Drop,
            "Microsoft.AspNetCore.Hosting" => null,

            // Room for each named tenant, and `other`, with every type and status; the SDK's own limit of 2,000 would
            // fold what is beyond it into one series.
            _ => new() { CardinalityLimit = Math.Max(2_000, (settings.Tenants + 1) * 40) },
        };

    private static MetricStreamConfiguration Described(Dictionary<string, string> shown, string name) =>
        shown.TryGetValue(name, out var help) ? new() { Description = help } : MetricStreamConfiguration.Drop;
}
