using Bpc.Core.Canonical;

namespace Bpc.Core.Facts;

/// <summary>Reads single values, the same for a JSON string or number and for a CSV cell.</summary>
internal static class Scalar
{
    /// <summary>The value that text is under the shape, or what is wrong with it and what would be right.</summary>
    public static (JsonValue? Value, string? Problem) Read(string text, Shape shape) => shape switch
    {
        Shape.Number number => Number(text, number),
        Shape.Text form => Problem(text, form) is { } problem ? (null, problem) : (text, null),
        Shape.Choice choice when choice.Words.Contains(text) => (text, null),
        Shape.Flag when text is "true" or "false" => (text == "true", null),
        Shape.Anything when text.Length <= MaxLength => (text, null),
        Shape.Anything => (null, TooLong(MaxLength)),
        _ => (null, $"{Quoted.Text(text)} is not {Expected(shape)}"),
    };

    private const int MaxLength = JsonDocumentReader.MaxTextLength;

    /// <summary>What would be right, after "write".</summary>
    public static string Expected(Shape shape) => shape switch
    {
        Shape.Number number => $"a decimal such as {number.Example}",
        Shape.Text { Format: TextFormat.Date, Example: var example } => $"a date such as {example}",
        Shape.Text { Format: TextFormat.WebAddress, Example: var example } => $"an address such as {example}",
        Shape.Text { Example.Length: > 0, Example: var example } => $"text such as \"{example}\"",
        Shape.Text => "text",
        Shape.Choice choice => $"one of {string.Join(", ", choice.Words)}",
        Shape.Flag => "true or false",
        Shape.List => "a list",
        Shape.Members => "an object",
        Shape.ListOrMembers => "a list of records",
        _ => "any JSON",
    };

    private static (JsonValue? Value, string? Problem) Number(string text, Shape.Number shape) =>
        DecimalText.Read(text) switch
        {
            null when DecimalText.IsNumber(text) =>
                (null, $"{Quoted.Text(text)} has more than {DecimalText.MostDigits} digits; write {Expected(shape)}"),
            null => (null, $"{Quoted.Text(text)} is not a number; write {Expected(shape)}"),
            ['-', ..] when !shape.MayBeNegative => (null, $"{text} is negative; write {Expected(shape)}"),
            var plain => (plain, null),
        };

    private static string? Problem(string text, Shape.Text shape) => text switch
    {
        { Length: 0 } when shape.MinLength > 0 => $"empty; write {Expected(shape)}",
        _ when text.Length > shape.MaxLength && text.EnumerateRunes().Count() > shape.MaxLength =>
            TooLong(shape.MaxLength),
        _ when shape.Pattern?.Match(text) is { } match && match.Length != text.Length => NotRight(text, shape),
        _ when shape.Format is TextFormat.Date && !IsDate(text) => NotRight(text, shape),
        _ when shape.Format is TextFormat.WebAddress && !IsWebAddress(text) => NotRight(text, shape),
        _ => null,
    };

    private static string NotRight(string text, Shape.Text shape) =>
        $"{Quoted.Text(text)} is not right; write {Expected(shape)}";

    private static string TooLong(int most) => $"text of more than {most} characters";

    private static bool IsDate(string text) => CanonicalTime.TryParseDay(text, out _);

    private static bool IsWebAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address)
        && address.Scheme is "https" or "http" && address.Host.Length > 0;
}
