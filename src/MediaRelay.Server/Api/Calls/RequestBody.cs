using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using MediaRelay.Server.Admission;
using MediaRelay.Server.Options;
using MediaRelay.Server.Problems;

namespace MediaRelay.Server.Api.Calls;

/// <summary>Reads a request's body within <see cref="LimitsOptions.RequestBytes"/>; refuses instead of throwing.</summary>
internal static class RequestBody
{
    private const string Json = "application/json";

    /// <summary>415 unless the content type is <paramref name="allowed"/> (parameters such as charset aside), else null.</summary>
    public static ProblemResult? CheckType(HttpContext http, string allowed)
    {
        var given = http.Request.ContentType;
        return MediaTypeHeaderValue.TryParse(given, out var type) && type.MediaType.Equals(allowed, StringComparison.OrdinalIgnoreCase)
            ? null
            : HttpProblem.UnsupportedMediaType(given, allowed);
    }

    /// <summary>The whole body, or 413 when it is longer than the limit. Exactly one is null.</summary>
    public static async Task<(byte[]? Body, ProblemResult? Problem)> ReadBytesAsync(HttpContext http)
    {
        var limit = http.RequestServices.GetRequiredService<IOptions<LimitsOptions>>().Value.RequestBytes;
        var largest = http.RequestServices.GetRequiredService<LimitMetrics>().RequestBytes;
        if (limit > 0 && http.Request.ContentLength > limit)
        {
            largest.Note(limit);
            return (null, HttpProblem.TooLarge(limit));
        }

        try
        {
            var (body, tooLarge) = await ReadToEndAsync(http, limit);
            largest.Note(body?.Length ?? limit);
            return (body, tooLarge);
        }
        catch (BadHttpRequestException refused)
        {
            // The server counts too, and finds broken chunks and bodies that end early.
            return (null, refused.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? HttpProblem.TooLarge(limit)
                : HttpProblem.BadRequest("body", "cut off or malformed", "a whole body"));
        }
    }

    /// <summary>The body as JSON: 415, 413 or 400 naming the path when it is not what <paramref name="type"/> describes.</summary>
    public static async Task<(T? Body, ProblemResult? Problem)> ReadJsonAsync<T>(HttpContext http, JsonTypeInfo<T> type)
        where T : class
    {
        if (CheckType(http, Json) is { } wrongType)
        {
            return (null, wrongType);
        }

        var (bytes, tooLarge) = await ReadBytesAsync(http);
        if (tooLarge is not null)
        {
            return (null, tooLarge);
        }

        if (!JsonText.IsUnicode(bytes))
        {
            return (null, HttpProblem.BadRequest("body", "not Unicode text", "JSON in UTF-8 without lone surrogates and without U+0000"));
        }

        try
        {
            return JsonSerializer.Deserialize(bytes, type) is { } body
                ? (body, null)
                : (null, HttpProblem.BadRequest("body", "null", "a JSON object"));
        }
        catch (JsonException malformed)
        {
            return (null, Explain(malformed));
        }
    }

    private static ProblemResult Explain(JsonException malformed)
    {
        // Syntax errors say where in the text; a value of the wrong type says where in the structure.
        var path = malformed.Path is { Length: > 1 } text && text.StartsWith("$.", StringComparison.Ordinal) ? text[2..] : null;
        return path is null
            ? HttpProblem.BadRequest(
                "body", $"not readable at line {malformed.LineNumber + 1}, byte {malformed.BytePositionInLine + 1}", "JSON as the API describes it")
            : HttpProblem.BadRequest(path, "of another type or not readable", "the type that the API describes");
    }

    private static async Task<(byte[]? Body, ProblemResult? Problem)> ReadToEndAsync(HttpContext http, int limit)
    {
        var reader = http.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(http.RequestAborted);
            if (limit > 0 && read.Buffer.Length > limit)
            {
                reader.AdvanceTo(read.Buffer.End);
                return (null, HttpProblem.TooLarge(limit));
            }

            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return (body, null);
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
