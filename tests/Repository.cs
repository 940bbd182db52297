namespace Bpc.Tests;

/// <summary>Where the sources are, for tests that hold code and documents together.</summary>
internal static class Repository
{
    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    private static string Find(DirectoryInfo? folder) => folder is null
        ? throw new DirectoryNotFoundException($"no Bpc.Orleans.sln above {AppContext.BaseDirectory}")
        : File.Exists(Path.Combine(folder.FullName, "Bpc.Orleans.sln")) ? folder.FullName : Find(folder.Parent);
}
