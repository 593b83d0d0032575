using System.Text.Json.Serialization.Metadata;

namespace MediaRelay.Server.Api;

/// <summary>Successful answers.</summary>
internal static class Answers
{
    public static IResult Ok<T>(T value, JsonTypeInfo<T> type) => Results.Json(value, type);

    /// <summary>200, or 201 with <paramref name="location"/> when the call created something.</summary>
    public static IResult OkOrCreated<T>(bool isCreated, string location, HttpContext http, T value, JsonTypeInfo<T> type)
    {
        if (!isCreated)
        {
            return Ok(value, type);
        }

        http.Response.Headers.Location = location;
        return Results.Json(value, type, statusCode: StatusCodes.Status201Created);
    }
}
