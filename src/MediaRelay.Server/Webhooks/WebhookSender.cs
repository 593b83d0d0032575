using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using MediaRelay.Commerce.Webhooks;
using MediaRelay.Server.Options;
using Microsoft.Extensions.Options;

namespace MediaRelay.Server.Webhooks;

/// <summary>
/// Sends one event to one receiver. Follows no redirect, keeps no cookie, uses no proxy, and connects to none but public
/// addresses unless told otherwise: the name is looked up here, so what was checked is what is connected to.
/// </summary>
internal sealed class WebhookSender : IDisposable
{
    private static readonly ProductInfoHeaderValue Product = new("MediaRelay", "1");

    private readonly HttpMessageInvoker _http;
    private readonly WebhookOptions _options;
    private readonly TimeProvider _time;

    public WebhookSender(IOptions<WebhookOptions> options, TimeProvider time)
    {
        _options = options.Value;
        _time = time;
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            MaxConnectionsPerServer = _options.Concurrency,
            MaxResponseHeadersLength = 16,
            MaxResponseDrainSize = 64 * 1024,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),

            // A name that moves to another machine is followed.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectCallback = ConnectAsync,
        });
    }

    public bool AllowsPrivate => _options.AllowPrivateAddresses;

    public async Task<SendOutcome> SendAsync(Webhook webhook, OutboxEntry entry, CancellationToken stopping)
    {
        using var timeout = new CancellationTokenSource(_options.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopping);
        using var request = new HttpRequestMessage(HttpMethod.Post, webhook.Url) { Content = new ByteArrayContent(entry.Body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.UserAgent.Add(Product);
        var now = _time.GetUtcNow();
        request.Headers.Add(WebhookSignature.HeaderName, WebhookSignature.Sign(webhook.SecretsAt(now), now, entry.Body));
        try
        {
            using var response = await _http.SendAsync(request, either.Token);
            return response.StatusCode switch
            {
                >= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices => SendOutcome.Delivered,
                HttpStatusCode.Gone => SendOutcome.Gone,
                _ => SendOutcome.Refused,
            };
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return SendOutcome.TimedOut;
        }
        catch (HttpRequestException failure)
        {
            return failure.InnerException is ForbiddenAddressException ? SendOutcome.Forbidden : SendOutcome.Unreachable;
        }
        catch (IOException)
        {
            return SendOutcome.Unreachable;
        }
    }

    public void Dispose() => _http.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var end = context.DnsEndPoint;
        var found = IPAddress.TryParse(end.Host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(end.Host, cancellationToken);
        var allowed = AllowsPrivate ? found : [.. found.Where(PublicAddresses.Contains)];
        if (allowed.Length == 0)
        {
            throw new ForbiddenAddressException($"'{end.Host}' has no public address.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, end.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed class ForbiddenAddressException(string message) : Exception(message);
}
