using System.Text.Json;

namespace MediaRelay.Client.Signaling;

/// <summary>Reads what an HTTP answer says is wrong (RFC 9457, else its status).</summary>
internal static class ProblemReader
{
    public static async Task<SignalingProblem> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var title = response.ReasonPhrase ?? response.StatusCode.ToString();
        string? detail = null;
        if (response.Content.Headers.ContentType?.MediaType == "application/problem+json")
        {
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            (title, detail) = Read(body, title);
        }

        return new SignalingProblem((int)response.StatusCode, title, detail, response.Headers.RetryAfter?.Delta);
    }

    public static SignalingProblem NoAnswer(string detail) => new(0, "No answer", detail);

    private static (string Title, string? Detail) Read(string body, string title)
    {
        try
        {
            using var problem = JsonDocument.Parse(body);
            var root = problem.RootElement;
            return (Text(root, "title") ?? title, Text(root, "detail"));
        }
        catch (JsonException)
        {
            // A body that is not what it says still tells a person something.
            return (title, body);
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
