namespace Bpc.Tests.Passports;

/// <summary>A directory for the files outside programs read; gone when the test is.</summary>
internal sealed class TemporaryFiles : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bpc-test-");

    public string Write(string name, ReadOnlySpan<byte> content)
    {
        var path = Path.Combine(_directory.FullName, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
