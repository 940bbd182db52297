using System.Diagnostics;

namespace Bpc.Silo.Postgres;

/// <summary>
/// Who runs PostgreSQL's programs: whoever runs us, or, since PostgreSQL refuses to run as root, another user of the
/// machine.
/// </summary>
/// <param name="Name">The other user; null for our own.</param>
internal sealed record ServerUser(string? Name)
{
    public static async Task<ServerUser> ChooseAsync(CancellationToken ct)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return new((string?)null);
        }

        // The packages' own user, then whoever called sudo, then the user who owns nothing.
        string?[] candidates = ["postgres", "_postgres", Environment.GetEnvironmentVariable("SUDO_USER"), "nobody"];
        foreach (var name in candidates.Where(name => name is not (null or "" or "root")))
        {
            var found = await RunAsync(new ProcessStartInfo("id", ["-u", name!]), ct);
            if (found.ExitCode == 0 && found.Output.Trim() != "0")
            {
                return new(name);
            }
        }

        throw EmbeddedPostgres.Unusable("PostgreSQL does not run as root, and there is no user 'postgres' to run it: "
            + "make one with 'useradd --system postgres', or run bpc as another user.");
    }

    /// <summary>Whether this user may look into a folder, all the way down.</summary>
    public async Task<bool> MayEnterAsync(string directory, CancellationToken ct) =>
        Name is null || (await RunAsync("test", ["-x", directory], ct)).ExitCode == 0;

    public async Task<bool> OwnsAsync(string path, CancellationToken ct) =>
        (await RunAsync("test", ["-O", path], ct)).ExitCode == 0;

    /// <summary>A folder that only this user (and root) may look into.</summary>
    public async Task MakePrivateFolderAsync(string directory, CancellationToken ct)
    {
        Directory.CreateDirectory(directory);
        File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await OwnAsync(directory, ct);
    }

    public async Task OwnAsync(string path, CancellationToken ct)
    {
        if (Name is not null)
        {
            (await RunAsync(new ProcessStartInfo("chown", [Name, path]), ct)).OrThrow("chown");
        }
    }

    public Task<ProgramResult> RunAsync(string program, IEnumerable<string> arguments, CancellationToken ct) =>
        RunAsync(Describe(program, arguments), ct);

    /// <summary>Starts a program that outlives the call; its input stays open until the caller closes it.</summary>
    public Process Start(string program, IEnumerable<string> arguments)
    {
        var description = Describe(program, arguments);
        description.RedirectStandardInput = true;
        return Process.Start(description)!;
    }

    private ProcessStartInfo Describe(string program, IEnumerable<string> arguments)
    {
        // The folder we were started in may be closed to the other user: programs complain about that.
        var description = new ProcessStartInfo(program, arguments) { WorkingDirectory = "/" };
        if (Name is not null)
        {
            description.UserName = Name;
        }

        return description;
    }

    private static async Task<ProgramResult> RunAsync(ProcessStartInfo description, CancellationToken ct)
    {
        description.RedirectStandardOutput = true;
        description.RedirectStandardError = true;
        using var process = Process.Start(description)!;
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var error = process.StandardError.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return new(process.ExitCode, await output, await error);
    }
}

/// <summary>How a program ended and what it said.</summary>
internal sealed record ProgramResult(int ExitCode, string Output, string Error)
{
    public void OrThrow(string program)
    {
        if (ExitCode != 0)
        {
            throw EmbeddedPostgres.Unusable($"{program} failed ({ExitCode}): {(Error + Output).Trim()}");
        }
    }
}
