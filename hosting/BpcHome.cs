namespace Bpc.Hosting;

/// <summary>
/// Where this machine's own things live: <c>.bpc/</c> in the clone (or in the current directory of an installed build),
/// BPC_HOME for another place. Deleting it deletes the private database and the development keys, nothing else.
/// </summary>
public sealed record BpcHome(string Root, string Path)
{
    /// <summary>Every program of one clone finds the same.</summary>
    public static BpcHome Find()
    {
        var root = FolderOfClone(AppContext.BaseDirectory) ?? Environment.CurrentDirectory;
        return new(root, Environment.GetEnvironmentVariable("BPC_HOME") is { Length: > 0 } home
            ? System.IO.Path.GetFullPath(home) : System.IO.Path.Combine(root, ".bpc"));
    }

    /// <summary>The full path of something the repository ships.</summary>
    public string Shipped(string relative) => System.IO.Path.Combine(Root, relative);

    /// <summary>The full path of a file under <see cref="Path"/>, whose directory exists afterwards.</summary>
    public string File(params ReadOnlySpan<string> parts)
    {
        var file = System.IO.Path.Combine([Path, .. parts]);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        return file;
    }

    private static string? FolderOfClone(string from)
    {
        for (var at = new DirectoryInfo(from); at is not null; at = at.Parent)
        {
            if (System.IO.File.Exists(System.IO.Path.Combine(at.FullName, "Bpc.Orleans.sln")))
            {
                return at.FullName;
            }
        }

        return null;
    }
}
