using System.Globalization;

namespace Bpc.Core.Canonical;

/// <summary>A place in a JSON document; its JSON pointer (RFC 6901) is only spelled out for a message.</summary>
internal sealed record Place(Place? Parent, string? Name, int Index)
{
    private const int LongestName = 100;

    public static readonly Place Root = new(null, null, 0);

    public Place Member(string name) => new(this, name, 0);

    public Place Item(int index) => new(this, null, index);

    public override string ToString() => Parent is null ? "" : $"{Parent}/{Token}";

    // A pointer goes into messages and the database: long and unprintable names are shown shortened, the rest exactly.
    private string Token => Name switch
    {
        null => Index.ToString(CultureInfo.InvariantCulture),
        _ when Name.Length > LongestName || Name.Any(char.IsControl) => Quoted.Text(Name),
        _ => Name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal),
    };
}
