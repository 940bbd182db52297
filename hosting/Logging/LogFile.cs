using System.Text;
using Bpc.Core;

namespace Bpc.Hosting.Logging;

/// <summary>BPC_LOG_FILE: lines are added at its end by one process; a second one would write over them.</summary>
public static class LogFile
{
    // What .NET makes of EWOULDBLOCK, the lock of another process: 11 on Linux, 35 on macOS, an HRESULT on Windows.
    private static readonly int[] s_taken = [11, 35, unchecked((int)0x80070020)];

    /// <summary>Whether another process writes it.</summary>
    public static bool IsTaken(string path)
    {
        try
        {
            Append(path).Dispose();
            return false;
        }
        catch (IOException e)
        {
            return s_taken.Contains(e.HResult);
        }
    }

    /// <summary>CONFIG_MISSING where it cannot be written, or another process does.</summary>
    internal static StreamWriter Open(string path, int bufferBytes)
    {
        try
        {
            return new(Append(path), new UTF8Encoding(false), bufferBytes);
        }
        catch (IOException e) when (s_taken.Contains(e.HResult))
        {
            throw Refused($"another process writes '{path}'; name one for each process", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refused(e.Message, e);
        }
    }

    // FileShare.None is a lock that only programs of .NET see: tail and logrotate do not. A device is anybody's.
    private static FileStream Append(string path) => new(
        path, FileMode.Append, FileAccess.Write,
        path.StartsWith("/dev/", StringComparison.Ordinal) ? FileShare.ReadWrite : FileShare.None,
        bufferSize: 0); // the writer has one

    private static BpcException Refused(string problem, Exception inner) =>
        new(BpcError.ConfigMissing, $"BPC_LOG_FILE: {problem}", inner: inner);
}
