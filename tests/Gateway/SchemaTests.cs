namespace Bpc.Tests.Gateway;

[Trait("Category", "Integration")]
public sealed class SchemaTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    [Theory]
    [InlineData("BOM", "bom.json")]
    [InlineData("due_diligence", "due-diligence.json")]
    public async Task The_schema_of_a_document_kind_is_served_as_published(string kind, string file)
    {
        var answer = await fixture.Gateway.Anonymous.GetAnswerAsync($"/v1/schemas/{kind}");
        Assert.Equal("application/schema+json", answer.Header("Content-Type"));
        Assert.Equal(File.ReadAllBytes(Path.Combine(Repository.Root, "docs", "schemas", file)), answer.Bytes);
    }

    [Fact]
    public async Task A_kind_nobody_knows_has_no_schema()
    {
        var answer = await fixture.Gateway.Anonymous.GetAnswerAsync("/v1/schemas/MEMO");
        Assert.Equal((404, "NOT_FOUND"), (answer.Status, answer["code"]));
    }
}
