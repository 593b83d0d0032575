using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using MediaRelay.Server.Api.Calls;

namespace MediaRelay.Server.Api;

/// <summary>Describes the API at <c>/openapi/v1.json</c>.</summary>
internal static class OpenApiRegistration
{
    private const string Scheme = "bearer";

    public static IServiceCollection AddApiDescription(this IServiceCollection services) =>
        services.AddOpenApi("v1", options =>
        {
            options.AddDocumentTransformer(async (document, context, cancellationToken) =>
            {
                Describe(document);
                await WebhookDescription.AddAsync(document, context, cancellationToken);
            });
            options.AddOperationTransformer(DescribeOperationAsync);
            options.AddSchemaTransformer((schema, context, _) =>
            {
                DescribeSchema(schema, context.JsonTypeInfo.Type);
                return Task.CompletedTask;
            });
        });

    private static void Describe(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "MediaRelay",
            Version = "v1",
            Description =
                "Live commerce over WebRTC: rooms, shelves, co-host sessions, orders and ledgers.\n\n"
                + "Checks run in this order, each without side effect: 401 (no or bad token), 403 (scope), 404, 415, 400, "
                + "409/422/406, 503. Errors are RFC 9457 problem details with a stable `type`. Every 2xx that changes something is "
                + "durable. Money is an integer in minor units with its ISO 4217 currency. Identifiers are 1 to 64 of the characters "
                + "A-Z a-z 0-9 . _ ~ -. Unknown members of a body are ignored.",
        };
        document.Servers = [];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
        document.Components.SecuritySchemes[Scheme] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            BearerFormat = "JWT",
            Description =
                "HS256, signed with an API key's secret. Claims: iss (API key), sub (identity), exp (required), role (platform, "
                + "merchant, host, viewer, operator), room (host, viewer), merchant and scope (merchant: any of publish shelf overlay "
                + "cohost audit). WebSockets may send it as ?access_token=.",
        };
    }

    private static async Task DescribeOperationAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        DescribeParameters(operation, context.Description.RelativePath ?? "", metadata);
        if (metadata.OfType<RequestBodyDescription>().FirstOrDefault() is { } body)
        {
            var schema = await context.GetOrCreateSchemaAsync(body.BodyType, cancellationToken: cancellationToken);
            context.Document!.AddComponent(body.BodyType.Name, schema);
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                {
                    ["application/json"] = new OpenApiMediaType { Schema = new OpenApiSchemaReference(body.BodyType.Name, context.Document) },
                },
            };
        }

        if ((context.Description.RelativePath ?? "").StartsWith("v1/", StringComparison.Ordinal))
        {
            var bearer = new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, context.Document)] = [] };
            operation.Security = metadata.OfType<NoTokenNeeded>().Any() ? [new OpenApiSecurityRequirement(), bearer] : [bearer];
        }
    }

    // Members of requests are nullable only so that a missing one can be named; those without a default must be there.
    private static void DescribeSchema(OpenApiSchema schema, Type type)
    {
        if (!type.Name.EndsWith("Request", StringComparison.Ordinal) || schema.Properties is null)
        {
            return;
        }

        foreach (var name in schema.Required ?? new HashSet<string>(StringComparer.Ordinal))
        {
            if (schema.Properties[name] is OpenApiSchema property)
            {
                property.Type &= ~JsonSchemaType.Null;
            }
        }
    }

    private static void DescribeParameters(OpenApiOperation operation, string path, IList<object> metadata)
    {
        operation.Parameters ??= [];
        foreach (var name in path.Split('/').Where(part => part is ['{', .., '}']).Select(part => part[1..^1]))
        {
            if (operation.Parameters.All(parameter => parameter.Name != name))
            {
                operation.Parameters.Add(new OpenApiParameter
                {
                    Name = name,
                    In = ParameterLocation.Path,
                    Required = true,
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                });
            }
        }

        foreach (var given in metadata.OfType<Calls.ParameterDescription>())
        {
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = given.Name,
                In = given.In == "query" ? ParameterLocation.Query : ParameterLocation.Header,
                Description = given.Description,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            });
        }
    }
}
