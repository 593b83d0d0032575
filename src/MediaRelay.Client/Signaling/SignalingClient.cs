using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace MediaRelay.Client.Signaling;

/// <summary>
/// What WHIP (RFC 9725) and WHEP have in common: POST an offer, PATCH to restart ICE, DELETE the session. Nothing that a server answers throws; only
/// cancellation does.
/// </summary>
public abstract class SignalingClient
{
    // An answer is a few KiB; more is not SDP.
    private const int MaxAnswerLength = 1 << 20;
    private readonly HttpClient _http;
    private readonly Uri _server;

    /// <param name="http">Shared, not disposed here; its timeout applies.</param>
    /// <param name="server">The server's base address.</param>
    private protected SignalingClient(HttpClient http, Uri server)
    {
        _http = http;
        _server = server;
    }

    /// <summary>Ends a session; null when it is gone (200, or 404: it had ended already), else what was wrong.</summary>
    public async Task<SignalingProblem?> DeleteAsync(SignalingSession session, string? token, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, session.Resource);
        Authorize(request, token);
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            return response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.NotFound
                ? null
                : await ProblemReader.ReadAsync(response, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            return ProblemReader.NoAnswer(e.Message);
        }
        catch (TaskCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            return ProblemReader.NoAnswer(e.Message);
        }
    }

    /// <summary>Asks for an ICE restart (RFC 9725 §4.3.3); the session's answer is then the server's fragment.</summary>
    /// <param name="session">As it was created.</param>
    /// <param name="token">The bearer; null for none.</param>
    /// <param name="fragment">Our new credentials.</param>
    /// <param name="cancellationToken">The only thing that throws.</param>
    public Task<SignalingOutcome> RestartAsync(
        SignalingSession session, string? token, string fragment, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Patch, session.Resource)
        {
            Content = MakeContent(fragment, "application/trickle-ice-sdpfrag"),
        };
        request.Headers.IfMatch.Add(EntityTagHeaderValue.Any);
        return SendAsync(request, token, HttpStatusCode.OK, session.Resource, cancellationToken);
    }

    private protected static string PathOf(string template, string roomId) =>
        template.Replace("{room}", Uri.EscapeDataString(roomId), StringComparison.Ordinal);

    private protected Task<SignalingOutcome> PostAsync(string path, string? token, string offer, CancellationToken cancellationToken)
    {
        var endpoint = new Uri(_server, path);
        var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = MakeContent(offer, "application/sdp") };
        return SendAsync(request, token, HttpStatusCode.Created, endpoint, cancellationToken);
    }

    // No charset parameter: the type is what it is and nothing else (RFC 9725 §4.2).
    private static ByteArrayContent MakeContent(string text, string type) => new(Encoding.UTF8.GetBytes(text))
    {
        Headers = { ContentType = new MediaTypeHeaderValue(type) },
    };

    private async Task<SignalingOutcome> SendAsync(
        HttpRequestMessage message, string? token, HttpStatusCode success, Uri endpoint, CancellationToken cancellationToken)
    {
        using var request = message;
        Authorize(request, token);
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            return response.StatusCode == success
                ? await ReadSessionAsync(response, endpoint, cancellationToken)
                : new SignalingOutcome(null, await ProblemReader.ReadAsync(response, cancellationToken));
        }
        catch (HttpRequestException e)
        {
            return new SignalingOutcome(null, ProblemReader.NoAnswer(e.Message));
        }
        catch (TaskCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            return new SignalingOutcome(null, ProblemReader.NoAnswer(e.Message));
        }
    }

    private static async Task<SignalingOutcome> ReadSessionAsync(
        HttpResponseMessage response, Uri endpoint, CancellationToken cancellationToken)
    {
        // The answer to a PATCH has none: the session stays where it is.
        var location = response.StatusCode == HttpStatusCode.Created ? response.Headers.Location : endpoint;
        if (location is null)
        {
            return new SignalingOutcome(null, new SignalingProblem(201, "The answer has no Location", "RFC 9725 §4.2 requires one."));
        }

        if (response.Content.Headers.ContentLength > MaxAnswerLength)
        {
            return new SignalingOutcome(null, new SignalingProblem((int)response.StatusCode, "The answer is too long"));
        }

        var answer = await response.Content.ReadAsStringAsync(cancellationToken);
        return new SignalingOutcome(
            new SignalingSession(new Uri(endpoint, location), answer, response.Headers.ETag?.ToString()), null);
    }

    private static void Authorize(HttpRequestMessage request, string? token)
    {
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
    }
}
