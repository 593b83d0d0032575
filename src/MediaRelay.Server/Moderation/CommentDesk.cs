using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using MediaRelay.Commerce.Overlays.Incoming;
using Microsoft.Extensions.Options;

namespace MediaRelay.Server.Moderation;

/// <summary>
/// Takes viewers' comments, asks the platform about each if it wants to be asked, and shows those that may be. Nothing else waits for it:
/// comments have calls and a queue of their own, both bounded, and each its budget of time.
/// </summary>
internal sealed class CommentDesk : BackgroundService
{
    private const int MaxAnswerBytes = 16 * 1024;

    private readonly ModerationOptions _options;
    private readonly ModerationMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker _http;
    private readonly byte[] _secret;
    private readonly Channel<(Comment Comment, Action<Comment> Show)> _waiting;

    public CommentDesk(IOptions<ModerationOptions> options, ModerationMetrics metrics, TimeProvider time)
    {
        _options = options.Value;
        _metrics = metrics;
        _time = time;
        _secret = Encoding.UTF8.GetBytes(_options.Secret);
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            MaxConnectionsPerServer = _options.Concurrency,
            ConnectTimeout = _options.Budget,
            AllowAutoRedirect = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        });

        // Full: TryWrite says so, and the comment is treated as one without an answer.
        _waiting = Channel.CreateBounded<(Comment, Action<Comment>)>(new BoundedChannelOptions(_options.Waiting));
        metrics.ObserveWaiting(() => _waiting.Reader.Count);
    }

    /// <summary>Whether the platform is asked.</summary>
    public bool IsModerated => _options.Url.Length > 0;

    /// <summary>
    /// Takes a comment; <paramref name="show"/> is called with it, or with what the platform made of it, if it may be shown: at once where
    /// nobody is asked, else later on a pool thread. Never waits.
    /// </summary>
    public void Submit(Comment comment, Action<Comment> show)
    {
        if (!IsModerated)
        {
            show(comment);
        }
        else if (!_waiting.Writer.TryWrite((comment, show)))
        {
            Conclude(comment, show, "full");
        }
    }

    public override void Dispose()
    {
        _http.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => IsModerated
        ? Task.WhenAll(Enumerable.Range(0, _options.Concurrency).Select(_ => WorkAsync(stoppingToken)))
        : Task.CompletedTask;

    private async Task WorkAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var (comment, show) in _waiting.Reader.ReadAllAsync(stoppingToken))
            {
                await DecideAsync(comment, show, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task DecideAsync(Comment comment, Action<Comment> show, CancellationToken stoppingToken)
    {
        var left = _options.Budget - (_time.GetUtcNow() - comment.At);
        if (left <= TimeSpan.Zero)
        {
            Conclude(comment, show, "late");
            return;
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        patience.CancelAfter(left);
        try
        {
            var answer = await AskAsync(comment, patience.Token);
            if (answer is null || answer.Text is { Length: 0 or > ViewerMessageReader.MaxCommentLength })
            {
                Conclude(comment, show, "failed");
            }
            else if (answer.Allow == false)
            {
                _metrics.Decided("denied", _time.GetUtcNow() - comment.At);
            }
            else
            {
                _metrics.Decided(answer.Text is null ? "allowed" : "changed", _time.GetUtcNow() - comment.At);
                show(answer.Text is null ? comment : comment with { Text = answer.Text });
            }
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            Conclude(comment, show, "late");
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or IOException)
        {
            // The platform's hook is away or speaks nonsense; the metric says how often.
            Conclude(comment, show, "failed");
        }
    }

    // Null for an answer that is none.
    private async Task<ModerationAnswer?> AskAsync(Comment comment, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new ModerationRequest(
                comment.RoomId.Value, comment.ViewerId.Value, comment.Text, Commerce.UnixMicros.Of(comment.At), comment.MediaTime),
            ModerationJson.Default.ModerationRequest);
        using var request = new HttpRequestMessage(HttpMethod.Post, _options.Url);
        request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        request.Headers.Add(HookSignature.Header, HookSignature.Of(_secret, _time.GetUtcNow(), body));
        using var response = await _http.SendAsync(request, cancellationToken);

        // A replacement has 500 characters; more is no answer.
        await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, cancellationToken);
        return response.StatusCode switch
        {
            HttpStatusCode.NoContent => new ModerationAnswer(),
            HttpStatusCode.OK => await JsonSerializer.DeserializeAsync(
                await response.Content.ReadAsStreamAsync(cancellationToken), ModerationJson.Default.ModerationAnswer, cancellationToken),
            _ => null,
        };
    }

    private void Conclude(Comment comment, Action<Comment> show, string why)
    {
        _metrics.Decided(why, _time.GetUtcNow() - comment.At);
        if (_options.FailOpen)
        {
            show(comment);
        }
    }
}
