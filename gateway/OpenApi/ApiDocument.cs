using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Bpc.Gateway.Http;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Bpc.Gateway.OpenApi;

/// <summary>
/// What the OpenAPI document says beyond what the routes themselves tell: keys, problems, permissions and examples.
/// </summary>
internal static class ApiDocument
{
    public const string BearerScheme = "ApiKey";

    // In the order of the work: what comes in first stands first.
    private static readonly string[] s_tags =
    [
        "Documents", "Snapshots", "Rules", "Passports", "Passport versions", "Jobs", "Audit", "Webhooks", "Access",
        "Keys", "Public passports", "Operations",
    ];

    /// <summary>The example of a request body; stands at the route it belongs to.</summary>
    public static RouteHandlerBuilder Example(this RouteHandlerBuilder route, string json) =>
        route.WithMetadata(new RequestExample(json));

    public static IServiceCollection AddApiDocument(this IServiceCollection services) =>
        services.AddOpenApi("v1", options =>
    {
        options.AddDocumentTransformer(DescribeAsync);
        options.AddOperationTransformer(DescribeOperationAsync);
        options.AddSchemaTransformer(ListAllowedValuesAsync);
    });

    private static async Task DescribeAsync(
        OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken ct)
    {
        document.Info = new()
        {
            Title = "BPC: Battery Passport Compiler",
            Version = "v1",
            Description = """
                From documents to signed battery passports (Regulation (EU) 2023/1542).

                Errors are RFC 9457 problems; `code` is the same name that jobs, logs and metrics use, and
                `correlation_id` finds the log lines. Every POST takes an `Idempotency-Key`: the same key with the same
                body gives the first answer again, with another body IDEMPOTENCY_CONFLICT. Lists answer `items` and
                `next_cursor`.
                """,
        };
        document.Tags = new HashSet<OpenApiTag>(s_tags.Select(name => new OpenApiTag { Name = name }));
        document.Servers = [new() { Url = "/" }];
        document.AddComponent<IOpenApiSecurityScheme>(BearerScheme, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            BearerFormat = "bpc_<env>_<prefix>_<secret>",
            Description = "An API key of a tenant. `./bpc tenant create SLUG` makes one.",
        });
        document.AddComponent<IOpenApiSchema>(
            "Problem", await context.GetOrCreateSchemaAsync(typeof(Problem), null, ct));
        foreach (var operation in document.Paths.Values.SelectMany(p => p.Operations ?? []).Select(o => o.Value))
        {
            operation.Responses ??= [];
            operation.Responses["default"] = new OpenApiResponse
            {
                Description = "A problem (RFC 9457)",
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference("Problem", document) },
                },
            };
        }
    }

    private static Task DescribeOperationAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<RequestExample>().LastOrDefault() is { } example
            && operation.RequestBody?.Content?.TryGetValue("application/json", out var body) == true)
        {
            body.Example = JsonNode.Parse(example.Json);
        }

        if (!metadata.OfType<IAllowAnonymous>().Any())
        {
            operation.Security = [new() { [new OpenApiSecuritySchemeReference(BearerScheme, context.Document)] = [] }];
            var permission = metadata.OfType<IAuthorizeData>().Select(a => a.Policy).LastOrDefault(p => p is not null);
            operation.Description = $"{operation.Description}\n\nPermission: `{permission}`".Trim();
        }

        if (HttpMethods.IsPost(context.Description.HttpMethod ?? ""))
        {
            (operation.Parameters ??= []).Add(new OpenApiParameter
            {
                Name = "Idempotency-Key",
                In = ParameterLocation.Header,
                Description =
                    "1 to 200 printable characters. A repeat with the same body gives the first answer again.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = 200 },
            });
        }

        return Task.CompletedTask;
    }

    private static Task ListAllowedValuesAsync(
        OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken ct)
    {
        var attributes = context.JsonPropertyInfo?.AttributeProvider?.GetCustomAttributes(inherit: false) ?? [];
        if (attributes.OfType<AllowedValuesAttribute>().SingleOrDefault() is { } allowed)
        {
            schema.Enum = [.. allowed.Values.Select(v => JsonValue.Create(v!.ToString())!)];
        }

        return Task.CompletedTask;
    }

    private sealed record RequestExample(string Json);
}
