namespace Bpc.Grains.Jobs.Running;

/// <summary>The job types this build knows, each with its handler.</summary>
public sealed class JobHandlers(IEnumerable<IJobHandler> handlers)
{
    private readonly Dictionary<string, IJobHandler> _byType =
        handlers.ToDictionary(h => h.Type, StringComparer.Ordinal);

    /// <summary>What a claim asks for: a job of another type is left to silos that know it.</summary>
    public string[] Types => field ??= [.. _byType.Keys.Order(StringComparer.Ordinal)];

    public bool Knows(string type) => _byType.ContainsKey(type);

    public IJobHandler For(string type) => _byType[type];
}
