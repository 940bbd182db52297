using System.Diagnostics;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Bpc.Tests.Jobs;

/// <summary>
/// A RabbitMQ of the tests' own: loopback only, on free ports, everything it writes in a directory that goes with it.
/// </summary>
public sealed class RabbitBroker : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    private readonly string _directory = Directory.CreateTempSubdirectory("bpc-rabbitmq-").FullName;
    private readonly int _port = TestPort.Next();
    private readonly int _distributionPort = TestPort.Next();
    private readonly int _namesPort = TestPort.Next();
    private Process? _names;
    private Process? _broker;

    public static string Password => "not-for-any-log";

    public string Url => $"amqp://bpc:{Password}@127.0.0.1:{_port}/";

    /// <summary>Starts it where it does not run; skips the test where it is not installed.</summary>
    public async Task StartAsync()
    {
        if (_broker is not null)
        {
            return;
        }

        // Debian's command in PATH would change to the user rabbitmq; the one beneath runs as whoever runs the tests.
        var program = "/usr/lib/rabbitmq/bin/rabbitmq-server";
        Assert.SkipUnless(File.Exists(program), $"RabbitMQ is not installed: no {program}");
        await File.WriteAllTextAsync(Within("rabbitmq.conf"), $"default_user = bpc\ndefault_pass = {Password}\n");
        await File.WriteAllTextAsync(Within("plugins"), "");
        // Erlang starts this one by itself where it is missing, and leaves it running.
        _names ??= Run("epmd", "-port", $"{_namesPort}", "-address", "127.0.0.1");
        _broker = Run(program);
        await JobRows.UntilAsync(AnswersAsync, "RabbitMQ answers", s_patience);
    }

    /// <summary>As a power cut would.</summary>
    public async Task StopAsync()
    {
        await EndAsync(_broker);
        _broker = null;
    }

    public Task<IConnection> ConnectAsync() =>
        new ConnectionFactory { Uri = new(Url) }.CreateConnectionAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await EndAsync(_broker);
        await EndAsync(_names);
        Directory.Delete(_directory, recursive: true);
    }

    private string Within(string name) => Path.Combine(_directory, name);

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await using var connection = await ConnectAsync();
            return true;
        }
        catch (BrokerUnreachableException)
        {
            return false;
        }
    }

    private Process Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        foreach (var (name, value) in new (string, string)[]
        {
            ("HOME", _directory), // the Erlang cookie is made here
            ("ERL_EPMD_PORT", $"{_namesPort}"),
            ("ERL_EPMD_ADDRESS", "127.0.0.1"),
            ("RABBITMQ_NODENAME", $"bpc-{_port}@localhost"),
            ("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1"),
            ("RABBITMQ_NODE_PORT", $"{_port}"),
            ("RABBITMQ_DIST_PORT", $"{_distributionPort}"),
            ("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-kernel inet_dist_use_interface {127,0,0,1}"),
            ("RABBITMQ_MNESIA_BASE", Within("mnesia")),
            ("RABBITMQ_LOG_BASE", Within("log")),
            ("RABBITMQ_PID_FILE", Within("pid")),
            ("RABBITMQ_ENABLED_PLUGINS_FILE", Within("plugins")),
            ("RABBITMQ_CONFIG_FILE", Within("rabbitmq.conf")),
            ("RABBITMQ_CONF_ENV_FILE", Within("none")),
        })
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        process.BeginOutputReadLine(); // its banner belongs in nobody's test output; its log is a file
        return process;
    }

    private static async Task EndAsync(Process? process)
    {
        if (process is not null)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            process.Dispose();
        }
    }
}
