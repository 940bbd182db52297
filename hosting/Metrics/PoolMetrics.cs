using System.Diagnostics.Metrics;

namespace Bpc.Hosting.Metrics;

/// <summary>
/// How full the pools of database connections are: Npgsql's own numbers, under names that are no connection strings.
/// </summary>
internal sealed class PoolMetrics : IDisposable
{
    private readonly Meter _meter = new(ClusterMetrics.MeterName);
    private readonly MeterListener _npgsql = new();
    private readonly Dictionary<(string Pool, string State), int> _connections = [];
    private readonly Dictionary<string, int> _most = [];

    public PoolMetrics()
    {
        _npgsql.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument is
                { Meter.Name: "Npgsql", Name: "db.client.connection.count" or "db.client.connection.max" })
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _npgsql.SetMeasurementEventCallback<int>(Take);
        _npgsql.Start();
        _meter.CreateObservableGauge(
            "bpc_db_connections", Connections, null, "Connections to PostgreSQL, by pool and what they do");
        _meter.CreateObservableGauge(
            "bpc_db_connections_max", () => _most.Select(m => new Measurement<int>(m.Value, Tag("pool", m.Key))), null,
            "Most connections a pool opens");
    }

    public void Dispose()
    {
        _npgsql.Dispose();
        _meter.Dispose();
    }

    // Collected before the maxima, which this reads too.
    private IEnumerable<Measurement<int>> Connections()
    {
        _connections.Clear();
        _most.Clear();
        _npgsql.RecordObservableInstruments();
        return _connections.Select(c =>
            new Measurement<int>(c.Value, Tag("pool", c.Key.Pool), Tag("state", c.Key.State)));
    }

    private void Take(
        Instrument instrument, int value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        var pool = Pool(Find(tags, "db.client.connection.pool.name"));
        if (instrument.Name == "db.client.connection.max")
        {
            _most[pool] = _most.GetValueOrDefault(pool) + value;
            return;
        }

        var of = (pool, Find(tags, "db.client.connection.state"));
        _connections[of] = _connections.GetValueOrDefault(of) + value;
    }

    // Our own pools have names; Npgsql calls the others, Orleans' own, by their connection string.
    private static string Pool(string name) => name.Contains('=', StringComparison.Ordinal) ? "orleans" : name;

    private static string Find(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
    {
        foreach (var tag in tags)
        {
            if (tag.Key == name)
            {
                return tag.Value?.ToString() ?? "";
            }
        }

        return "";
    }

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
