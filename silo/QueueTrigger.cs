using Bpc.Core.Settings;
using Bpc.Grains.Jobs.Measuring;
using Bpc.Grains.Jobs.Waking;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Bpc.Silo;

/// <summary>
/// Looks for jobs whenever a message arrives from RabbitMQ, whatever is in it. Without the broker jobs only start
/// later.
/// </summary>
internal sealed partial class QueueTrigger(
    BpcSettings settings, JobWake wake, EngineMetrics metrics, TimeProvider clock,
    ILogger<QueueTrigger> log) : BackgroundService
{
    private static readonly TimeSpan s_reconnect = TimeSpan.FromSeconds(2);

    // A broker that went away without a word is noticed after two of these.
    private static readonly TimeSpan s_heartbeat = TimeSpan.FromSeconds(10);

    private const int MaxMessageBytes = 1 << 20; // more ends the connection; nobody reads the message anyway

    // A second message waiting would say nothing that the first does not.
    private static readonly Dictionary<string, object?> s_oneMessage = new() { ["x-max-length"] = 1 };

    private string? _lastFailure;
    private volatile bool _listening;

    /// <summary>Whether a trigger sent now would be heard.</summary>
    public bool Listening => _listening;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await ListenOnceAsync(stoppingToken);
            await Task.Delay(s_reconnect, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ListenOnceAsync(CancellationToken ct)
    {
        try
        {
            await ListenAsync(ct);
            Failed("the broker ended the connection");
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The silo stops.
        }
#pragma warning disable CA1031 // whatever the broker does, the silo works on
        catch (Exception e)
#pragma warning restore CA1031
        {
            Failed(Reason(e));
        }
        finally
        {
            _listening = false;
        }
    }

    /// <summary>Returns when the broker, or the way to it, has ended it.</summary>
    private async Task ListenAsync(CancellationToken ct)
    {
        var (exchange, routingKey) = (settings.Queue.Exchange, settings.Queue.RoutingKey);
        await using var connection = await Factory().CreateConnectionAsync(ct);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: ct);
        await channel.ExchangeDeclareAsync(exchange, ExchangeType.Direct, durable: true, cancellationToken: ct);

        // Each silo has a queue of its own, named by the broker and gone with the connection: all of them hear each
        // trigger.
        var queue = await channel.QueueDeclareAsync("", false, true, true, s_oneMessage, cancellationToken: ct);
        await channel.QueueBindAsync(queue.QueueName, exchange, routingKey, cancellationToken: ct);
        await channel.BasicQosAsync(0, prefetchCount: 1, global: false, ct);

        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, message) =>
        {
            metrics.Woken(WakeSource.Rabbitmq);
            wake.Signal();
            await channel.BasicAckAsync(message.DeliveryTag, multiple: false, ct);
        };
        consumer.UnregisteredAsync += (_, _) => Task.FromResult(ended.TrySetResult());
        await channel.BasicConsumeAsync(queue.QueueName, autoAck: false, consumer, ct);

        _listening = true;
        _lastFailure = null;
        LogListening(connection.Endpoint, exchange, routingKey);
        wake.Signal(); // for whatever was sent while nobody listened
        await ended.Task.WaitAsync(ct);
    }

    private ConnectionFactory Factory() => new()
    {
        Uri = new(settings.Queue.Url!),
        ClientProvidedName = settings.WorkerId,
        AutomaticRecoveryEnabled = false, // the loop above declares everything anew, also on a broker that lost it
        RequestedHeartbeat = s_heartbeat,
        MaxInboundMessageBodySize = MaxMessageBytes,
    };

    // The broker's own words where it has some, such as which property of an existing exchange differs. The address
    // holds a password, and the client repeats that part of an address it cannot read: not into a log.
    private static string Reason(Exception e) => e switch
    {
        OperationInterruptedException { ShutdownReason.ReplyText: { } text } => text,
        BrokerUnreachableException { InnerException: { } inner } => inner.GetBaseException().Message,
        ArgumentException =>
            "BPC_QUEUE_URL is not amqp://user:password@host:port/vhost; a '/' within a part is written %2F",
        _ => e.Message,
    };

    // Once for each reason, not once for each try.
    private void Failed(string reason)
    {
        if (reason != _lastFailure)
        {
            _lastFailure = reason;
            LogFailed(reason);
        }
    }

    [LoggerMessage(LogLevel.Information,
        "Listening for triggers: {Broker}, exchange={Exchange}, routing_key={RoutingKey}")]
    private partial void LogListening(AmqpTcpEndpoint broker, string exchange, string routingKey);

    [LoggerMessage(LogLevel.Warning,
        "No triggers from RabbitMQ, jobs are found by notification and poll; trying again: {Reason}")]
    private partial void LogFailed(string reason);
}
