using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using MediaRelay.Client.Signaling;

namespace MediaRelay.LoadGenerator.Janus;

/// <summary>
/// Janus's HTTP API: what goes out and comes back, without knowing what it means. Nothing that a server answers throws; only
/// cancellation does. Any thread.
/// </summary>
internal sealed class JanusHttp : IDisposable
{
    // A poll's worth of events with their SDP is far below; more is not Janus.
    private const int MaxBodyLength = 8 << 20;
    private static readonly TimeSpan RequestPatience = TimeSpan.FromSeconds(30);

    // Janus answers a poll after 30 s if nothing happened.
    private static readonly TimeSpan PollPatience = TimeSpan.FromSeconds(60);
    private readonly HttpClient _http;

    /// <param name="handler">Belongs to this object.</param>
    public JanusHttp(HttpMessageHandler handler) => _http = new HttpClient(handler)
    {
        Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = MaxBodyLength,
    };

    public async Task<JanusBatch> PostAsync(Uri resource, JsonObject request, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, resource)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(request.ToJsonString()))
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
            },
        };
        return await SendAsync(message, RequestPatience, cancellationToken);
    }

    /// <summary>Waits for the events of a session.</summary>
    public async Task<JanusBatch> PollAsync(Uri resource, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, resource);
        return await SendAsync(message, PollPatience, cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private async Task<JanusBatch> SendAsync(HttpRequestMessage request, TimeSpan time, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(time);
        try
        {
            using var response = await _http.SendAsync(request, patience.Token);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                return Problem((int)response.StatusCode, response.ReasonPhrase ?? "Refused");
            }

            var body = await response.Content.ReadAsByteArrayAsync(patience.Token);
            return JanusMessage.TryReadAll(body, out var messages)
                ? new JanusBatch(messages, null)
                : Problem((int)response.StatusCode, "The answer is not Janus's protocol");
        }
        catch (HttpRequestException e)
        {
            return Problem(0, "No answer", e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Problem(0, "No answer", $"within {time.TotalSeconds} s");
        }
    }

    private static JanusBatch Problem(int status, string title, string? detail = null) =>
        new([], new SignalingProblem(status, title, detail));
}
