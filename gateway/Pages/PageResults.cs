using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Bpc.Gateway.Pages;

/// <summary>An answer that is a page: a component rendered once, on the server.</summary>
internal sealed class PageResult<T>(int status, Dictionary<string, object?> parameters) : IResult where T : IComponent
{
    public async Task ExecuteAsync(HttpContext http)
    {
        await using var renderer = new HtmlRenderer(
            http.RequestServices, http.RequestServices.GetRequiredService<ILoggerFactory>());
        var html = await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<T>(ParameterView.FromDictionary(parameters))).ToHtmlString());
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/html; charset=utf-8";
        await http.Response.WriteAsync(html, http.RequestAborted);
    }
}

/// <summary>The pages there are.</summary>
internal static class PageResults
{
    public static IResult Passport(PassportView view) =>
        new PageResult<PassportPage>(StatusCodes.Status200OK, new() { [nameof(PassportPage.View)] = view });

    public static IResult Start(IReadOnlyList<PassportLink>? passports, bool isOperator) =>
        new PageResult<StartPage>(
            StatusCodes.Status200OK,
            new() { [nameof(StartPage.Passports)] = passports, [nameof(StartPage.IsOperator)] = isOperator });

    /// <summary>A small page that says one thing.</summary>
    public static IResult Notice(int status, string title, string sentence) =>
        new PageResult<NoticePage>(
            status, new() { [nameof(NoticePage.Title)] = title, [nameof(NoticePage.Sentence)] = sentence });
}
