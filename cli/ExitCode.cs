namespace Bpc.Cli;

/// <summary>What the process answers its shell; 64 and 78 are those of sysexits.h.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;

    /// <summary><c>verify</c> without a trusted key: consistent, but the signer is unverified.</summary>
    public const int Unverified = 2;

    public const int Usage = 64;
    public const int Configuration = 78;

    /// <summary>128 + SIGINT, as shells do.</summary>
    public const int Interrupted = 130;
}
