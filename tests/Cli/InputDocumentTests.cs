using Bpc.Cli.Demo;

namespace Bpc.Tests.Cli;

public sealed class InputDocumentTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bpc-input-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData("bom.json", "{}", "BOM")]
    [InlineData("BOM-2026.csv", "sku,part_number", "BOM")]
    [InlineData("due-diligence.json", "{}", "DUE_DILIGENCE")]
    [InlineData("export1.json", """{"battery": {}, "components": []}""", "BOM")]
    [InlineData("export2.json", """{"sku": "A", "total_gco2e": 1}""", "PCF")]
    [InlineData("export3.json", """{"sku": "A", "report_url": "https://example.com"}""", "DUE_DILIGENCE")]
    [InlineData("export4.json", """[{"sku": "A", "serial_number": "1"}]""", "ITEMS")]
    [InlineData("export5.csv", "sku,serial_number,manufactured_on", "ITEMS")]
    [InlineData("export6.json", """{"facts": []}""", "OTHER")]
    public void A_file_is_recognised_by_its_name_or_by_its_shape(string name, string content, string kind)
    {
        var document = Recognise(name, content);

        Assert.Equal(kind, document.Kind);
        Assert.StartsWith("by its ", document.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("notes.txt", "hello", "neither .json nor .csv")]
    [InlineData("export.json", """{"hello": 1}""", "it has none of")]
    [InlineData("export.json", "{", "not JSON")]
    [InlineData("export.csv", "a,b", "its header has none of")]
    public void A_file_that_is_none_of_them_is_skipped_with_the_reason(string name, string content, string reason)
    {
        var document = Recognise(name, content);

        Assert.Null(document.Kind);
        Assert.StartsWith(reason, document.Reason, StringComparison.Ordinal);
    }

    private InputDocument Recognise(string name, string content)
    {
        File.WriteAllText(Path.Combine(_directory.FullName, name), content);
        return Assert.Single(InputDocument.In(_directory));
    }
}
