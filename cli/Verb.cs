using System.CommandLine;

namespace Bpc.Cli;

/// <summary>A command whose help ends with examples to copy.</summary>
internal sealed class Verb(string name, string description, params IReadOnlyList<string> examples)
    : Command(name, description)
{
    public IReadOnlyList<string> Examples { get; } = examples;
}
