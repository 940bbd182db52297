using System.Text.Json;
using Bpc.Gateway.Pages;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bpc.Tests.Gateway;

public sealed class DisplayValueTests
{
    [Fact]
    public void A_document_is_a_link_with_the_hash_of_what_it_must_show()
    {
        Assert.Equal(new DisplayValue.Link("https://a.example/b", "ab12"),
            Of("""{"sha256":"ab12","url":"https://a.example/b"}"""));
        Assert.Equal(new DisplayValue.Link("https://a.example/b"), Of("""{"url":"https://a.example/b"}"""));
    }

    [Theory]
    [InlineData("""{"url":"javascript:alert(1)"}""")]
    [InlineData("""{"url":"https://a.example","name":"x"}""")]
    public void What_is_more_or_less_than_a_document_is_shown_member_by_member(string json) =>
        Assert.IsType<DisplayValue.List>(Of(json));

    [Theory]
    [InlineData("""{"id":"https://a.example/1","name":"A"}""")]
    [InlineData("""["https://a.example/1","javascript:alert(1)"]""")]
    [InlineData("""[{"report":"https://a.example/1","page":"javascript:alert(1)"}]""")]
    public async Task An_address_among_other_values_is_a_link_and_nothing_else_is(string json)
    {
        await using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, NullLoggerFactory.Instance);
        var line = ParameterView.FromDictionary(
            new Dictionary<string, object?> { ["Line"] = new ValueLine("", Of(json), null, null) });
        var html = await renderer.Dispatcher.InvokeAsync(
            async () => (await renderer.RenderComponentAsync<Value>(line)).ToHtmlString());

        Assert.Contains("""<a href="https://a.example/1" rel="noopener nofollow">https://a.example/1</a>""", html);
        Assert.Equal(2, html.Split("<a ").Length);
    }

    [Fact]
    public void An_empty_list_says_that_there_is_none() => Assert.Equal(new DisplayValue.Text("None"), Of("[]"));

    [Theory]
    [InlineData("recycled_co_pre", "%", "Recycled Co pre-consumer")]
    [InlineData("idle_temperature_max", "degC", "Idle temperature maximum")]
    [InlineData("rated_capacity_kwh", "kWh", "Rated capacity")]
    public void Names_of_rules_become_words(string name, string unit, string label) =>
        Assert.Equal(label, Labels.Words(name, unit));

    private static DisplayValue Of(string json) => DisplayValue.Of(JsonDocument.Parse(json).RootElement);
}
