using System.Text.Json;

namespace MediaRelay.Server.Tests.Api.Webhooks;

/// <summary>Holds an event against the schema that the API's description has for its type: members, none missing, none more, and their types.</summary>
internal static class EventSchema
{
    public static void Check(JsonElement description, JsonElement told)
    {
        var type = told.GetProperty("type").GetString()!;
        var schemas = description.GetProperty("components").GetProperty("schemas");
        var own = description.GetProperty("webhooks").GetProperty(type).GetProperty("post").GetProperty("requestBody")
            .GetProperty("content").GetProperty("application/json").GetProperty("schema").GetProperty("allOf");
        Assert.Equal(type, own[1].GetProperty("properties").GetProperty("type").GetProperty("const").GetString());
        Check(schemas, own[0], told, type);
        Check(schemas, own[1].GetProperty("properties").GetProperty("data"), told.GetProperty("data"), $"{type}.data");
    }

    private static void Check(JsonElement schemas, JsonElement schema, JsonElement value, string path)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            Check(schemas, schemas.GetProperty(reference.GetString()!.Split('/')[^1]), value, path);
            return;
        }

        if (schema.TryGetProperty("oneOf", out var choices))
        {
            var choice = choices.EnumerateArray().First(one => IsNull(one) == (value.ValueKind == JsonValueKind.Null));
            Check(schemas, choice, value, path);
            return;
        }

        if (!schema.TryGetProperty("type", out var types))
        {
            return; // anything
        }

        var allowed = types.ValueKind == JsonValueKind.Array ? [.. types.EnumerateArray().Select(one => one.GetString()!)] : new[] { types.GetString()! };
        Assert.True(allowed.Contains(NameOf(value, allowed), StringComparer.Ordinal), $"{path} is {value.GetRawText()}; described: {types}");
        if (value.ValueKind == JsonValueKind.Object)
        {
            var properties = schema.GetProperty("properties").EnumerateObject().ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal);
            Assert.Equal(properties.Keys.Order(StringComparer.Ordinal), value.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
            foreach (var member in value.EnumerateObject())
            {
                Check(schemas, properties[member.Name], member.Value, $"{path}.{member.Name}");
            }
        }
        else if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in value.EnumerateArray())
            {
                Check(schemas, schema.GetProperty("items"), item, $"{path}[]");
            }
        }
        else if (schema.TryGetProperty("format", out var format) && format.GetString() == "date-time" && value.ValueKind == JsonValueKind.String)
        {
            Assert.True(value.TryGetDateTimeOffset(out _), $"{path} is no time: {value}");
        }
    }

    private static bool IsNull(JsonElement schema) => schema.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.GetString() == "null";

    private static string NameOf(JsonElement value, string[] allowed) => value.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Null => "null",
        JsonValueKind.Number when value.TryGetInt64(out _) && allowed.Contains("integer", StringComparer.Ordinal) => "integer",
        JsonValueKind.Number => "number",
        _ => "boolean",
    };
}
