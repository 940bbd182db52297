namespace Bpc.Core.Settings;

/// <summary>One variable: a row of docs/settings.md.</summary>
/// <param name="Default">As the table shows it; <see cref="BpcSettings"/> decides, and a test compares the two.</param>
public sealed record Setting(string Name, string Default, string Allowed, string Meaning)
{
    /// <summary>The values of BPC_ENV under which it must be set.</summary>
    public IReadOnlyList<string> RequiredIn { get; init; } = [];

    /// <summary>The servers that need it then; the others start without it.</summary>
    public Servers RequiredBy { get; init; } = Servers.Both;

    /// <summary>Another variable that may be set in its stead, but not beside it.</summary>
    public string? Instead { get; init; }

    /// <summary>Its value never appears in a message.</summary>
    public bool Secret { get; init; }

    /// <summary>The settings with this variable's text read into them, or null where the text is not allowed.</summary>
    public required Func<BpcSettings, string, BpcSettings?> TryApply { get; init; }

    /// <summary>Whether it must be set for <paramref name="servers"/>, or for one of them.</summary>
    internal bool IsRequired(string environment, Servers servers) =>
        RequiredIn.Contains(environment) && (RequiredBy & servers) != 0;

    internal static Setting Of<T>(
        string name, string @default, Form<T> form, Func<BpcSettings, T, BpcSettings> apply, string meaning) =>
        new(name, @default, form.Allowed, meaning)
        {
            TryApply = (settings, text) => form.TryRead(text, out var value) ? apply(settings, value) : null,
        };

    /// <summary>What was read, as far as it may be shown.</summary>
    internal string Shown(string text) => Secret ? $"{text.Length} characters (not shown)"
        : text.Length <= 100 ? $"\"{text}\"" : $"\"{ShortText.Of(text, 100)}\" ({text.Length} characters)";
}
