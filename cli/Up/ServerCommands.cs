using System.CommandLine;
using Bpc.Core.Settings;
using Bpc.Gateway;
using Bpc.Hosting;
using Bpc.Silo;

namespace Bpc.Cli.Up;

/// <summary>
/// <c>bpc silo</c> and <c>bpc gateway</c>: one server per process, against BPC_DB_*. The script beside the sources runs
/// their own programs (bpc-worker, bpc-gateway), so that an operator finds them by name.
/// </summary>
internal static class ServerCommands
{
    public static Command Silo() => Server(
        "silo", "Runs one worker of a cluster: claims jobs and runs their grains. As many as wanted.",
        SiloHost.Build, isSilo: true,
        "BPC_WORKER_ID=worker-1 BPC_DB_HOST=localhost ./bpc silo",
        "BPC_WORKER_ID=worker-2 BPC_DB_HOST=localhost BPC_SILO_HTTP_PORT=8082 ./bpc silo   # metrics and dashboard");

    public static Command Gateway() => Server(
        "gateway", "Runs one HTTP API of a cluster: a client of its silos. As many as wanted.",
        GatewayHost.Build, isSilo: false,
        "BPC_DB_HOST=localhost ./bpc gateway",
        "BPC_DB_HOST=localhost BPC_HTTP_PORT=8090 ./bpc gateway");

    private static Verb Server(
        string name, string description, Func<string[], BpcSettings, WebApplication> build, bool isSilo,
        params string[] examples)
    {
        var command = new Verb(name, $"{description} Its settings are variables: docs/settings.md.", examples);
        command.SetAction((_, _) => BpcProgram.RunAsync([], build, isSilo));
        return command;
    }
}
