namespace Bpc.Silo;

/// <summary>
/// What Orleans cannot go on from, above all that the cluster has declared this silo dead: it was cut off, or stopped
/// for seconds. Others have its jobs by then and the fence keeps it from ending any, so it says why and ends at once,
/// for its supervisor to start anew. (Orleans' own handler ends it as a crash, with a core dump.)
/// </summary>
internal sealed class FatalErrors : IFatalErrorHandler
{
    /// <summary>sysexits.h, EX_SOFTWARE: start it again.</summary>
    public const int ExitCode = 70;

    public bool IsUnexpected(Exception exception) => true;

    // Standard error, because the log is written by a task of its own, which the end of the process would cut off.
    public void OnFatalException(object? sender, string? context, Exception? exception)
    {
        Console.Error.WriteLine($"This silo cannot go on: {context} {exception}");
        Console.Error.WriteLine(
            $"It ends here ({ExitCode}); its jobs go on elsewhere, and a new start joins the cluster again.");
        Environment.Exit(ExitCode);
    }
}
