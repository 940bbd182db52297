using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Bpc.Gateway.Pages;

/// <summary>The files the pages use, carried in the program itself so that they are there wherever it runs.</summary>
internal static class PageFiles
{
    private static readonly Dictionary<string, (byte[] Bytes, string ContentType, string Hash)> s_files =
        new(StringComparer.Ordinal)
        {
            ["page.css"] = Load("page.css", "text/css; charset=utf-8"),
            ["icon.svg"] = Load("icon.svg", "image/svg+xml"),
        };

    /// <summary>The address of a file: a changed file has another one, so that browsers may keep it for ever.</summary>
    public static string Address(string name) => $"/assets/{name}?v={s_files[name].Hash[..12]}";

    public static IResult Serve(string name, HttpContext http)
    {
        if (!s_files.TryGetValue(name, out var file))
        {
            return TypedResults.NotFound();
        }

        http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return TypedResults.File(file.Bytes, file.ContentType, entityTag: new EntityTagHeaderValue($"\"{file.Hash}\""));
    }

    private static (byte[] Bytes, string ContentType, string Hash) Load(string name, string contentType)
    {
        using var resource = typeof(PageFiles).Assembly.GetManifestResourceStream($"Bpc.Gateway.Pages.{name}")!;
        using var bytes = new MemoryStream();
        resource.CopyTo(bytes);
        return (bytes.ToArray(), contentType, Convert.ToHexStringLower(SHA256.HashData(bytes.ToArray())));
    }
}
