using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MediaRelay.Client.Signaling;

namespace MediaRelay.Client.Platform;

/// <summary>
/// The calls of the REST API that headless programs make in a platform's name. Nothing that a server answers throws; only
/// cancellation does.
/// </summary>
public sealed class PlatformClient
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly HttpClient _http;
    private readonly Uri _server;
    private readonly Func<string> _token;

    /// <param name="http">Shared, not disposed here.</param>
    /// <param name="token">Gives a platform token for each call.</param>
    public PlatformClient(HttpClient http, Uri server, Func<string> token)
    {
        _http = http;
        _server = server;
        _token = token;
    }

    /// <summary>Whether the server is ready to serve; false also when nobody answers.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        var (_, problem) = await SendAsync(HttpMethod.Get, "/health/ready", body: null, cancellationToken);
        return problem is null;
    }

    public Task<SignalingProblem?> PutMerchantAsync(string merchantId, string name, CancellationToken cancellationToken) =>
        PutAsync($"/v1/merchants/{Escape(merchantId)}", new JsonObject { ["name"] = name }, cancellationToken);

    /// <param name="videoCodec"><c>h264</c>, <c>vp8</c> or null for whatever the host offers.</param>
    public Task<SignalingProblem?> PutRoomAsync(
        string roomId, string merchantId, string title, bool isPublic, string? videoCodec, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["merchantId"] = merchantId, ["title"] = title, ["public"] = isPublic };
        if (videoCodec is not null)
        {
            body["videoCodec"] = videoCodec;
        }

        return PutAsync($"/v1/rooms/{Escape(roomId)}", body, cancellationToken);
    }

    public Task<SignalingProblem?> DeleteRoomAsync(string roomId, CancellationToken cancellationToken) =>
        DeleteAsync($"/v1/rooms/{Escape(roomId)}", cancellationToken);

    /// <summary>Ends the room's show.</summary>
    public async Task<SignalingProblem?> CloseRoomAsync(string roomId, CancellationToken cancellationToken)
    {
        var (_, problem) = await SendAsync(HttpMethod.Post, $"/v1/rooms/{Escape(roomId)}/close", body: null, cancellationToken);
        return problem;
    }

    public Task<SignalingProblem?> PutItemAsync(string merchantId, string itemId, JsonObject item, CancellationToken cancellationToken) =>
        PutAsync($"/v1/merchants/{Escape(merchantId)}/shelf/{Escape(itemId)}", item, cancellationToken);

    public Task<SignalingProblem?> PutSpotlightAsync(
        string roomId, string merchantId, string itemId, CancellationToken cancellationToken) =>
        PutAsync(
            $"/v1/rooms/{Escape(roomId)}/spotlight/{Escape(merchantId)}", new JsonObject { ["itemId"] = itemId }, cancellationToken);

    /// <summary>Publishes an overlay of a merchant in a room.</summary>
    public async Task<SignalingProblem?> PostOverlayAsync(
        string roomId, string merchantId, string type, JsonObject content, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["type"] = type, ["merchantId"] = merchantId, ["body"] = content };
        var (_, problem) = await SendAsync(HttpMethod.Post, $"/v1/rooms/{Escape(roomId)}/overlays", body, cancellationToken);
        return problem;
    }

    /// <summary>Reports an order event.</summary>
    public async Task<SignalingProblem?> PostOrderAsync(JsonObject order, CancellationToken cancellationToken)
    {
        var (_, problem) = await SendAsync(HttpMethod.Post, "/v1/orders", order, cancellationToken);
        return problem;
    }

    /// <summary>
    /// Reports 1 to 1,000 order events in one call; gives for each, in their order, the status that it alone would have been answered
    /// with (201 new, 200 known already), or what was wrong with the call as a whole.
    /// </summary>
    public async Task<(IReadOnlyList<int> Statuses, SignalingProblem? Problem)> PostOrdersAsync(
        IReadOnlyList<JsonObject> orders, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["orders"] = new JsonArray([.. orders]) };
        var (answer, problem) = await SendAsync(HttpMethod.Post, "/v1/orders/batch", body, cancellationToken);
        if (problem is not null)
        {
            return ([], problem);
        }

        var statuses = new List<int>(orders.Count);
        foreach (var result in (answer as JsonObject)?["results"] as JsonArray ?? [])
        {
            statuses.Add((result as JsonObject)?["status"] is JsonValue value && value.TryGetValue(out int status) ? status : 0);
        }

        return statuses.Count == orders.Count
            ? (statuses, null)
            : ([], new SignalingProblem(200, $"The answer has {statuses.Count} results for {orders.Count} events"));
    }

    /// <summary>Starts a co-host session that is active at once; gives its id, or what was wrong.</summary>
    public async Task<(string? CoHostId, SignalingProblem? Problem)> PostCoHostAsync(
        IEnumerable<string> roomIds, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["rooms"] = new JsonArray([.. roomIds.Select(id => (JsonNode)id)]), ["state"] = "active" };
        var (answer, problem) = await SendAsync(HttpMethod.Post, "/v1/cohosts", body, cancellationToken);
        if (problem is not null)
        {
            return (null, problem);
        }

        return answer?["cohostId"]?.GetValue<string>() is { } coHostId
            ? (coHostId, null)
            : (null, new SignalingProblem(201, "The answer names no cohostId"));
    }

    /// <summary>Changes a session's layout at once.</summary>
    /// <param name="layout">A layout's name, or an object with <c>tiles</c>.</param>
    public async Task<SignalingProblem?> PatchCoHostAsync(string coHostId, JsonNode layout, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["layout"] = layout };
        var (_, problem) = await SendAsync(HttpMethod.Patch, $"/v1/cohosts/{Escape(coHostId)}", body, cancellationToken);
        return problem;
    }

    public Task<SignalingProblem?> DeleteCoHostAsync(string coHostId, CancellationToken cancellationToken) =>
        DeleteAsync($"/v1/cohosts/{Escape(coHostId)}", cancellationToken);

    private static string Escape(string segment) => Uri.EscapeDataString(segment);

    private async Task<SignalingProblem?> PutAsync(string path, JsonObject body, CancellationToken cancellationToken)
    {
        var (_, problem) = await SendAsync(HttpMethod.Put, path, body, cancellationToken);
        return problem;
    }

    private async Task<SignalingProblem?> DeleteAsync(string path, CancellationToken cancellationToken)
    {
        var (_, problem) = await SendAsync(HttpMethod.Delete, path, body: null, cancellationToken);
        return problem;
    }

    private async Task<(JsonNode? Answer, SignalingProblem? Problem)> SendAsync(
        HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(_server, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token());
        if (body is not null)
        {
            request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, Json))
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
            };
        }

        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                return (null, await ProblemReader.ReadAsync(response, cancellationToken));
            }

            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            var isJson = response.Content.Headers.ContentType?.MediaType == "application/json";
            return (isJson ? JsonNode.Parse(text) : null, null);
        }
        catch (HttpRequestException e)
        {
            return (null, ProblemReader.NoAnswer(e.Message));
        }
        catch (JsonException e)
        {
            return (null, new SignalingProblem(200, "The answer is no JSON", e.Message));
        }
        catch (TaskCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, ProblemReader.NoAnswer(e.Message));
        }
    }
}
