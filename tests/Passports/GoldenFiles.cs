using System.Text;

namespace Bpc.Tests.Passports;

/// <summary>Bytes that must never change, in tests/Passports/Golden.</summary>
internal static class GoldenFiles
{
    /// <summary>
    /// Compares with the file of that name. To change a format on purpose, delete its files and run the tests: they
    /// write what is missing and fail once, so that somebody looks at it.
    /// </summary>
    public static void AssertSame(string name, byte[] actual) =>
        AssertSameAs(Path.Combine(Repository.Root, "tests", "Passports", "Golden", name), actual);

    /// <summary>The same with a file that stands elsewhere.</summary>
    public static void AssertSameAs(string path, byte[] actual)
    {
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, actual);
            Assert.Fail($"{path} was missing and is now written: read it, then commit it");
        }

        // As text first: it shows where they differ.
        Assert.Equal(File.ReadAllText(path), Encoding.UTF8.GetString(actual));
        Assert.Equal(File.ReadAllBytes(path), actual);
    }
}
