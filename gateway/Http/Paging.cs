using System.ComponentModel;
using System.Text;
using Bpc.Core;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace Bpc.Gateway.Http;

/// <summary>One page of a list; <paramref name="NextCursor"/> is absent on the last.</summary>
internal sealed record Page<T>(
    IReadOnlyList<T> Items, [property: Description("Send it as cursor for the next page.")] string? NextCursor);

/// <summary>Which page a client asks for.</summary>
internal sealed record PageRequest(
    [property: FromQuery(Name = "limit"), Description("1 to 200; 50 where absent.")] int? Limit,
    [property: FromQuery(Name = "cursor"), Description("next_cursor of the page before.")] string? Cursor)
{
    public const int MaxLimit = 200;
    private const int DefaultLimit = 50;

    /// <summary>The first of the largest pages, for whoever reads them all.</summary>
    public static readonly PageRequest First = new(MaxLimit, null);

    /// <summary>One row more than the page has, which tells whether another page follows.</summary>
    public int Fetch => Size + 1;

    private int Size => Limit switch
    {
        null => DefaultLimit,
        >= 1 and <= MaxLimit => Limit.Value,
        _ => throw new BpcException(
            BpcError.Validation, $"limit is 1 to {MaxLimit}", [new("limit", $"{Limit} is not within 1 to {MaxLimit}")]),
    };

    /// <summary>
    /// The key of the last row of the page before, as the list's query reads it; null on the first page. A key and not
    /// an offset: rows that come while a client reads neither repeat nor hide others.
    /// </summary>
    public string? After(string list)
    {
        if (Cursor is null)
        {
            return null;
        }

        try
        {
            var text = Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(Cursor));
            if (text.StartsWith($"{list}|", StringComparison.Ordinal))
            {
                return text[(list.Length + 1)..];
            }
        }
        catch (FormatException)
        {
            // not base64: the same answer as for a cursor of another list
        }

        throw new BpcException(
            BpcError.Validation, "this cursor is not one of this list", [new("cursor", "send next_cursor as it came")]);
    }

    /// <summary>Cuts the extra row off and makes the cursor of the next page.</summary>
    public Page<T> Cut<T>(string list, IReadOnlyList<T> rows, Func<T, string> key) => rows.Count <= Size
        ? new(rows, null)
        : new(
            [.. rows.Take(Size)], WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes($"{list}|{key(rows[Size - 1])}")));
}
