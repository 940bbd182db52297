using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Bpc.Silo.Postgres;

/// <summary>
/// Where the private server lives. The folder is ours, with the lock and the password; <c>server/</c> in it is the
/// server user's.
/// </summary>
internal sealed record PostgresHome(string Folder)
{
    public string Server => Path.Combine(Folder, "server");

    public string Data => Path.Combine(Server, "data");

    public string Log => Path.Combine(Server, "postgres.log");

    public string PasswordFile => Path.Combine(Folder, "password");

    private string PortFile => Path.Combine(Folder, "port");

    /// <summary>
    /// <paramref name="directory"/>/postgres, or, where the server's user may not look there, a folder in
    /// /var/lib/bpc.
    /// </summary>
    public static async Task<PostgresHome> ChooseAsync(
        string directory, ServerUser user, Action<string> say, CancellationToken ct)
    {
        var home = Near(directory);
        Directory.CreateDirectory(home.Folder);
        if (!await user.MayEnterAsync(home.Folder, ct))
        {
            home = Elsewhere(directory);
            Directory.CreateDirectory(home.Folder);
            say($"PostgreSQL runs as user {user.Name}, who may not look into {directory}: "
                + $"the database is in {home.Folder}.");
        }

        return !Directory.Exists(home.Server) || await user.OwnsAsync(home.Server, ct) ? home
            : throw EmbeddedPostgres.Unusable($"The database in {home.Server} belongs to another user: "
                + "run bpc as that user again, or delete that folder.");
    }

    /// <summary>Both places where the server of this folder may be.</summary>
    public static IEnumerable<PostgresHome> Candidates(string directory) => [Near(directory), Elsewhere(directory)];

    /// <summary>
    /// The lock is the kernel's: it is gone with the process that holds it, however that ended. Null: held by
    /// another.
    /// </summary>
    public FileStream? TryLock()
    {
        try
        {
            var path = Path.Combine(Folder, "lock");
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    public int? DataVersion() => File.Exists(Path.Combine(Data, "PG_VERSION"))
        ? int.Parse(File.ReadAllText(Path.Combine(Data, "PG_VERSION")), CultureInfo.InvariantCulture) : null;

    /// <summary>The port of the last start, so that an address noted down stays right.</summary>
    public int? LastPort() =>
        File.Exists(PortFile) && int.TryParse(File.ReadAllText(PortFile), out var port) ? port : null;

    public void RememberPort(int port) => File.WriteAllText(PortFile, port.ToString(CultureInfo.InvariantCulture));

    public string? Password() => File.Exists(PasswordFile) ? File.ReadAllText(PasswordFile) : null;

    /// <summary>A new random password, kept where only we may read it.</summary>
    public string MakePassword()
    {
        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        WritePrivate(PasswordFile, password);
        return password;
    }

    public static void WritePrivate(string path, string text)
    {
        File.Delete(path);
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        file.Write(Encoding.ASCII.GetBytes(text));
    }

    private static PostgresHome Near(string directory) => new(Path.Combine(Path.GetFullPath(directory), "postgres"));

    private static PostgresHome Elsewhere(string directory)
    {
        var path = Path.GetFullPath(directory);
        var clone = Path.GetFileName(Path.GetDirectoryName(path)) is { Length: > 0 } name ? name : "root";
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))[..8];
        return new($"/var/lib/bpc/{clone}-{hash}");
    }
}
