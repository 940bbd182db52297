using System.Text.Json;
using System.Text.RegularExpressions;

namespace Bpc.Tests.Gateway;

/// <summary>A request of an .http file, its placeholders not filled in yet.</summary>
internal sealed record HttpFileRequest(
    string Title, string? Name, HttpMethod Method, string Address, IReadOnlyList<(string Name, string Value)> Headers,
    string Body)
{
    /// <summary>What the title tells to wait for: a member, and the value it is to have; none for any value.</summary>
    public (string Member, string? Value)? Until =>
        Title.StartsWith("until ", StringComparison.Ordinal) && Title["until ".Length..].Split(" = ") is var words
            ? (words[0], words.ElementAtOrDefault(1)) : null;
}

/// <summary>
/// Reads .http files as editors do: requests between ###, names, {{placeholders}} of earlier answers.
/// </summary>
internal sealed partial class HttpFile(string text, IDictionary<string, string> variables)
{
    private readonly Dictionary<string, JsonElement> _answers = [];

    public IReadOnlyList<HttpFileRequest> Requests { get; } =
        [.. text.ReplaceLineEndings("\n").Split("\n###").Skip(1).Select(Parse)];

    public void Remember(HttpFileRequest request, Answer answer)
    {
        if (request.Name is { } name)
        {
            _answers[name] = answer.Json;
        }
    }

    /// <summary>With what the variables and the answers so far say.</summary>
    public string Fill(string value) => Placeholder().Replace(value, found =>
        found.Groups[1].Value.Split(".response.body.") is [var name, var path]
            ? path.Split('.').Aggregate(_answers[name], Member).GetString()!
            : variables[found.Groups[1].Value]);

    private static JsonElement Member(JsonElement element, string step)
    {
        var item = Index().Match(step);
        return item.Success
            ? element.GetProperty(item.Groups[1].Value)[int.Parse(item.Groups[2].Value)]
            : element.GetProperty(step);
    }

    private static HttpFileRequest Parse(string block)
    {
        var parts = block.Split("\n\n", 2);
        var lines = parts[0].Split('\n');
        var name = lines.FirstOrDefault(l => l.StartsWith("# @name ", StringComparison.Ordinal))?["# @name ".Length..];
        var request = lines.Skip(1).Where(l => l.Length > 0 && l[0] != '#').ToList();
        var (method, address) = (request[0].Split(' ')[0], request[0].Split(' ')[1]);
        var headers = request.Skip(1).Select(l => l.Split(": ", 2)).Select(h => (h[0], h[1])).ToList();
        return new(lines[0].Trim(), name, new(method), address, headers, parts.ElementAtOrDefault(1)?.Trim() ?? "");
    }

    [GeneratedRegex(@"\{\{([^}]+)\}\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"^(\w+)\[(\d+)\]$")]
    private static partial Regex Index();
}
