using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace MediaRelay.Server.Tests.Api;

/// <summary>Calls with one token; states the status that is expected and gives the JSON of the answer.</summary>
internal sealed class ApiClient(HttpClient client)
{
    public HttpClient Http => client;

    public Task<JsonElement> GetAsync(string path, int status = 200) => CallAsync("GET", path, null, status);

    public Task<JsonElement> PutAsync(string path, object body, int status = 200) => CallAsync("PUT", path, JsonSerializer.Serialize(body), status);

    public Task<JsonElement> PostAsync(string path, object? body = null, int status = 200) =>
        CallAsync("POST", path, body is null ? null : JsonSerializer.Serialize(body), status);

    public Task<JsonElement> PatchAsync(string path, object body, int status = 200) => CallAsync("PATCH", path, JsonSerializer.Serialize(body), status);

    public Task<JsonElement> DeleteAsync(string path, int status = 204) => CallAsync("DELETE", path, null, status);

    public async Task<JsonElement> CallAsync(string method, string path, string? body, int status, string contentType = "application/json")
    {
        using var response = await SendAsync(method, path, body, contentType);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == status, $"{method} {path}: {(int)response.StatusCode} instead of {status}. {text}");
        if (status >= 400)
        {
            AssertProblem(response, text, status);
        }

        return text.Length > 0 && response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true
            ? JsonDocument.Parse(text).RootElement
            : default;
    }

    public Task<HttpResponseMessage> SendAsync(
        string method, string path, string? body = null, string contentType = "application/json", params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        }

        foreach (var (name, value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        return client.SendAsync(request);
    }

    private static void AssertProblem(HttpResponseMessage response, string text, int status)
    {
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonDocument.Parse(text).RootElement;
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.StartsWith("/problems/", problem.GetProperty("type").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
        if (status == 503)
        {
            Assert.NotNull(response.Headers.RetryAfter);
        }

        if (status == 401)
        {
            Assert.StartsWith("Bearer", response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        }
    }
}
