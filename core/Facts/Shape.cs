using System.Text.RegularExpressions;

namespace Bpc.Core.Facts;

/// <summary>What a value of a document must look like; made from the published JSON Schema of its kind.</summary>
internal abstract record Shape
{
    private Shape()
    {
    }

    /// <summary>Any JSON within the limits every document has: members no schema names.</summary>
    public sealed record Anything : Shape
    {
        public static readonly Anything Value = new();
    }

    /// <summary>True or false, or text that says it.</summary>
    public sealed record Flag : Shape;

    /// <summary>A number, or text that holds one.</summary>
    public sealed record Number(bool MayBeNegative, string Example) : Shape;

    public sealed record Text(int MinLength, int MaxLength, Regex? Pattern, TextFormat Format, string Example) : Shape;

    public sealed record Choice(IReadOnlyList<string> Words) : Shape;

    public sealed record List(Shape Items, int MinItems, int MaxItems) : Shape;

    /// <summary>An object; a closed one refuses members it does not name, an open one keeps them.</summary>
    public sealed record Members(
        IReadOnlyDictionary<string, Shape> Named, IReadOnlyList<string> Required, bool Closed) : Shape;

    /// <summary>Either of two JSON types.</summary>
    public sealed record ListOrMembers(List AsList, Members AsMembers) : Shape;
}

internal enum TextFormat
{
    Plain,
    Date,
    WebAddress,
}
