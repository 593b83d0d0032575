using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using MediaRelay.Client.Signaling;

namespace MediaRelay.LoadGenerator.Janus;

/// <summary>
/// A session of Janus with one long poll for all of its handles: a poll per viewer would cost the server more than the viewer's media.
/// The poll also keeps the session alive. Any thread.
/// </summary>
internal sealed class JanusSession : IAsyncDisposable
{
    private const string Plugin = "janus.plugin.videoroom";
    private const int MaxEventsPerPoll = 100;
    private static readonly TimeSpan EventPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan GoodbyePatience = TimeSpan.FromSeconds(5);

    private readonly JanusHttp _http;
    private readonly Uri _resource;
    private readonly ConcurrentDictionary<string, TaskCompletionSource<JanusReply>> _waiting = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<ulong, JanusHandle> _handles = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Task _polling;
    private volatile SignalingProblem? _ended;
    private static long _transactions;

    private JanusSession(JanusHttp http, Uri resource)
    {
        _http = http;
        _resource = resource;
        _polling = PollAsync();
    }

    /// <summary>Makes a session; null and a problem when Janus does not.</summary>
    /// <param name="http">Not disposed here.</param>
    /// <param name="endpoint">The API's base, <c>http://host:8088/janus</c>.</param>
    public static async Task<(JanusSession? Session, SignalingProblem? Problem)> OpenAsync(
        JanusHttp http, Uri endpoint, CancellationToken cancellationToken)
    {
        var reply = First(await http.PostAsync(endpoint, Request("create", NextTransaction()), cancellationToken));
        return reply switch
        {
            { IsSuccess: true, Message.CreatedId: { } id } => (new JanusSession(http, Below(endpoint, id)), null),
            { IsSuccess: true } => (null, Unexpected(reply.Message)),
            _ => (null, reply.Problem),
        };
    }

    /// <summary>Makes a handle of the VideoRoom plugin.</summary>
    public async Task<(JanusHandle? Handle, SignalingProblem? Problem)> AttachAsync(CancellationToken cancellationToken)
    {
        var request = Request("attach", NextTransaction());
        request["plugin"] = Plugin;
        var reply = First(await _http.PostAsync(_resource, request, cancellationToken));
        if (!reply.IsSuccess || reply.Message.CreatedId is not { } id)
        {
            return (null, reply.Problem ?? Unexpected(reply.Message!));
        }

        var handle = new JanusHandle(id, Below(_resource, id));
        _handles[id] = handle;
        if (_ended is { } problem)
        {
            handle.SetUp(problem);
        }

        return (handle, null);
    }

    /// <summary>Sends a message to the plugin and waits for its reply, which may come as an event.</summary>
    /// <param name="sdpType"><c>offer</c> or <c>answer</c>, with <paramref name="sdp"/>.</param>
    public async Task<JanusReply> AskAsync(
        JanusHandle handle, JsonObject body, string? sdpType, string? sdp, CancellationToken cancellationToken)
    {
        var transaction = NextTransaction();
        var request = Request("message", transaction);
        request["body"] = body;
        if (sdp is not null)
        {
            request["jsep"] = new JsonObject { ["type"] = sdpType, ["sdp"] = sdp };
        }

        // The event may overtake the answer to the request.
        var waiting = new TaskCompletionSource<JanusReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[transaction] = waiting;
        try
        {
            var reply = First(await _http.PostAsync(handle.Resource, request, cancellationToken));
            if (!reply.IsSuccess || reply.Message.Kind != "ack")
            {
                return reply;
            }

            return _ended is { } problem
                ? JanusReply.Of(problem)
                : await waiting.Task.WaitAsync(EventPatience, cancellationToken);
        }
        catch (TimeoutException)
        {
            return JanusReply.Of(new SignalingProblem(0, "No event", $"within {EventPatience.TotalSeconds} s"));
        }
        finally
        {
            _waiting.TryRemove(transaction, out _);
        }
    }

    /// <summary>Says that no candidate of ours follows: Janus, which is ice-lite, learns our address from our checks.</summary>
    public async Task<SignalingProblem?> CompleteCandidatesAsync(JanusHandle handle, CancellationToken cancellationToken)
    {
        var request = Request("trickle", NextTransaction());
        request["candidate"] = new JsonObject { ["completed"] = true };
        return First(await _http.PostAsync(handle.Resource, request, cancellationToken)).Problem;
    }

    /// <summary>Ends a handle; null when it is gone, else what was wrong.</summary>
    public async Task<SignalingProblem?> DetachAsync(JanusHandle handle, CancellationToken cancellationToken)
    {
        _handles.TryRemove(handle.Id, out _);
        return First(await _http.PostAsync(handle.Resource, Request("detach", NextTransaction()), cancellationToken)).Problem;
    }

    /// <summary>Finds a handle by its resource.</summary>
    public bool TryFind(Uri resource, [NotNullWhen(true)] out JanusHandle? handle)
    {
        handle = null;
        return ulong.TryParse(resource.Segments[^1], out var id) && _handles.TryGetValue(id, out handle);
    }

    /// <summary>Ends the session with all of its handles.</summary>
    public async ValueTask DisposeAsync()
    {
        // First the poll: one that comes after the session's end is an error to Janus.
        await _end.CancelAsync();
        await _polling;
        _end.Dispose();
        using var patience = new CancellationTokenSource(GoodbyePatience);
        try
        {
            // What is wrong with a session that ends anyway changes nothing: Janus ends it itself after a minute without polls.
            await _http.PostAsync(_resource, Request("destroy", NextTransaction()), patience.Token);
        }
        catch (OperationCanceledException)
        {
            // The same holds when Janus does not answer in time.
        }
    }

    private async Task PollAsync()
    {
        var poll = new Uri($"{_resource}?maxev={MaxEventsPerPoll}");
        try
        {
            while (_ended is null)
            {
                var batch = await _http.PollAsync(poll, _end.Token);
                _ended = batch.Problem;
                foreach (var message in batch.Messages)
                {
                    Dispatch(message);
                }
            }
        }
        catch (OperationCanceledException)
        {
            _ended = new SignalingProblem(0, "The session was ended");
        }

        foreach (var waiting in _waiting.Values)
        {
            waiting.TrySetResult(JanusReply.Of(_ended));
        }

        foreach (var handle in _handles.Values)
        {
            handle.SetUp(_ended);
        }
    }

    private void Dispatch(JanusMessage message)
    {
        if (message.Kind is "timeout" or "error" && message.Sender is null)
        {
            _ended = new SignalingProblem(200, $"Janus ended the session: {message.Kind}", message.Error?.Reason);
        }
        else if (message.Kind == "event" && message.Transaction is { } transaction)
        {
            if (_waiting.TryGetValue(transaction, out var waiting))
            {
                waiting.TrySetResult(JanusReply.Of(message));
            }
        }
        else if (message.Sender is { } sender && _handles.TryGetValue(sender, out var handle))
        {
            switch (message.Kind)
            {
                case "webrtcup":
                    handle.SetUp(null);
                    break;
                case "hangup" or "detached":
                    handle.SetUp(new SignalingProblem(200, $"Janus: {message.Kind}", message.Reason));
                    break;
            }
        }
    }

    private static JanusReply First(JanusBatch batch) => batch switch
    {
        { Problem: { } problem } => JanusReply.Of(problem),
        { Messages: [var message] } => JanusReply.Of(message),
        _ => JanusReply.Of(new SignalingProblem(200, "Janus answered a request with several messages")),
    };

    private static SignalingProblem Unexpected(JanusMessage message) =>
        new(200, $"Janus answered '{message.Kind}' without what was asked for");

    private static JsonObject Request(string kind, string transaction) => new() { ["janus"] = kind, ["transaction"] = transaction };

    private static string NextTransaction() => $"t{Interlocked.Increment(ref _transactions)}";

    private static Uri Below(Uri resource, ulong id) => new($"{resource.AbsoluteUri.TrimEnd('/')}/{id}");
}
