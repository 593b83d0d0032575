using MediaRelay.Commerce.Webhooks;
using MediaRelay.Commerce.Webhooks.Data;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace MediaRelay.Server.Api;

/// <summary>Describes the events that webhooks are sent: <c>webhooks</c> of the OpenAPI document, by event type.</summary>
internal static class WebhookDescription
{
    public static async Task AddAsync(
        OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.AddComponent(nameof(WebhookEvent), await context.GetOrCreateSchemaAsync(typeof(WebhookEvent), cancellationToken: cancellationToken));
        foreach (var data in WebhookEventTypes.All.Select(WebhookJson.DataOf).Distinct())
        {
            document.AddComponent(data.Name, await context.GetOrCreateSchemaAsync(data, cancellationToken: cancellationToken));
        }

        document.Webhooks ??= new Dictionary<string, IOpenApiPathItem>(StringComparer.Ordinal);
        foreach (var type in WebhookEventTypes.All)
        {
            document.Webhooks[type] = Describe(document, type);
        }
    }

    private static OpenApiPathItem Describe(OpenApiDocument document, string type)
    {
        var data = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
            {
                ["type"] = new OpenApiSchema { Type = JsonSchemaType.String, Const = type },
                ["data"] = new OpenApiSchemaReference(WebhookJson.DataOf(type).Name, document),
            },
        };
        return new OpenApiPathItem
        {
            Operations = new Dictionary<HttpMethod, OpenApiOperation>
            {
                [HttpMethod.Post] = new OpenApiOperation
                {
                    Summary = $"Sent to webhooks that ask for {type}.",
                    Tags = new HashSet<OpenApiTagReference> { new("Webhooks", document) },
                    RequestBody = new OpenApiRequestBody
                    {
                        Required = true,
                        Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                        {
                            ["application/json"] = new OpenApiMediaType
                            {
                                Schema = new OpenApiSchema
                                {
                                    AllOf = [new OpenApiSchemaReference(nameof(WebhookEvent), document), data],
                                },
                            },
                        },
                    },
                    Responses = new OpenApiResponses
                    {
                        ["2XX"] = new OpenApiResponse { Description = "Taken; the event is not sent again." },
                        ["410"] = new OpenApiResponse { Description = "Gone: the webhook is disabled." },
                        ["default"] = new OpenApiResponse { Description = "Not taken; the event is sent again." },
                    },
                },
            },
        };
    }
}
