using System.Diagnostics;

namespace Bpc.Silo.Postgres;

/// <summary>An installed PostgreSQL: the folder of its programs, and its major version.</summary>
internal sealed record PostgresPrograms(string Folder, int Version)
{
    private const int Oldest = 15;
    private const int Newest = 18;

    public string PathOf(string program) => Path.Combine(Folder, program);

    /// <summary>The newest installed version we work with, or exactly the one that wrote the data.</summary>
    /// <param name="wanted">The version of existing data; null for new data.</param>
    public static PostgresPrograms Find(int? wanted)
    {
        var installed = Folders()
            .Select(folder => Path.Combine(folder, "postgres"))
            .Where(File.Exists)
            .Select(file => new PostgresPrograms(Path.GetDirectoryName(Resolve(file))!, VersionOf(file)))
            .Where(found => found.Version is >= Oldest and <= Newest && File.Exists(found.PathOf("initdb")))
            .OrderByDescending(found => found.Version)
            .ToList();

        return wanted is null
            ? installed.FirstOrDefault() ?? throw EmbeddedPostgres.Unusable(
                $"No PostgreSQL {Oldest} to {Newest} was found: install it (apt-get install postgresql, "
                + "or brew install postgresql), or set BPC_DB_HOST to a server you have.")
            : installed.Find(found => found.Version == wanted) ?? throw EmbeddedPostgres.Unusable(
                $"The data here is PostgreSQL {wanted}'s, which is no longer installed: "
                + "install it again, or move the data away.");
    }

    private static IEnumerable<string> Folders()
    {
        // Debian's, then Homebrew's on Apple silicon, Intel and Linux
        string[] roots =
            ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt", "/home/linuxbrew/.linuxbrew/opt"];
        var path = Environment.GetEnvironmentVariable("PATH") ?? "";
        return path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(roots.Where(Directory.Exists)
                .SelectMany(Directory.GetDirectories)
                .Select(version => Path.Combine(version, "bin")));
    }

    // A link in PATH leads to the folder where initdb and pg_ctl are too.
    private static string Resolve(string file) =>
        File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file;

    private static int VersionOf(string postgres)
    {
        using var process = Process.Start(
            new ProcessStartInfo(postgres, ["--version"]) { RedirectStandardOutput = true })!;
        var text = process.StandardOutput.ReadToEnd();   // postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)
        process.WaitForExit();
        var number = text.Split(' ').ElementAtOrDefault(2) ?? "";
        return int.TryParse(new string([.. number.TakeWhile(char.IsAsciiDigit)]), out var version) ? version : 0;
    }
}
