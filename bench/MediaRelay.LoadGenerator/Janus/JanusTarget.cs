using System.Collections.Concurrent;
using MediaRelay.Client;
using MediaRelay.Client.Hosts;
using MediaRelay.Client.Signaling;
using MediaRelay.Client.Sources;
using MediaRelay.Client.Viewers;
using MediaRelay.LoadGenerator.Targets;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Sdp;

namespace MediaRelay.LoadGenerator.Janus;

/// <summary>
/// Janus's VideoRoom over Janus's HTTP API: a room per room, its host a publisher, who offers; viewers are subscribers, to whom Janus
/// offers. All of them are handles of one session.
/// </summary>
internal sealed class JanusTarget : LoadTarget
{
    private const string DefaultPath = "/janus";

    // Each open connection is a thread of Janus, whose memory is measured.
    private const int MaxConnections = 32;

    // From the publisher's answer until Janus says that its media can come; only then it has the feed.
    private static readonly TimeSpan PublisherPatience = TimeSpan.FromSeconds(20);

    private readonly LoadOptions _options;
    private readonly HeadlessPeers _peers;
    private readonly Uri _endpoint;
    private readonly JanusHttp _http;
    private readonly SemaphoreSlim _opening = new(1);
    private readonly ConcurrentDictionary<string, JanusRoom> _rooms = new(StringComparer.Ordinal);
    private JanusSession? _session;

    public JanusTarget(LoadTargetContext context)
        : this(context.Options, context.Peers, new SocketsHttpHandler { MaxConnectionsPerServer = MaxConnections })
    {
    }

    /// <param name="handler">Carries the requests; belongs to the target.</param>
    internal JanusTarget(LoadOptions options, HeadlessPeers peers, HttpMessageHandler handler)
    {
        _options = options;
        _peers = peers;
        _endpoint = options.Server.AbsolutePath == "/" ? new Uri(options.Server, DefaultPath) : options.Server;
        _http = new JanusHttp(handler);
    }

    public override async Task<SignalingProblem?> SetUpRoomAsync(string room, CancellationToken cancellationToken)
    {
        if (_options.Data)
        {
            return new SignalingProblem(0, "A VideoRoom has no overlay channel", "--data cannot be measured against Janus.");
        }

        var problem = await OpenAsync(cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        var (handle, refusal) = await _session!.AttachAsync(cancellationToken);
        if (handle is null)
        {
            return refusal;
        }

        var profile = new OfferOptions { Role = NegotiationRole.Publish }.H264ProfileLevelId;
        var reply = await _session.AskAsync(handle, VideoRoomRequest.Create(_options.Codec, profile), null, null, cancellationToken);
        if (reply is { IsSuccess: true, Message.Room: { } id })
        {
            _rooms[room] = new JanusRoom(id, handle);
            return null;
        }

        await _session.DetachAsync(handle, cancellationToken);
        return reply.Problem ?? Incomplete("room");
    }

    public override Task<JoinOutcome<HeadlessHost>> PublishAsync(
        string room, IMediaSource source, HostOptions options, CancellationToken cancellationToken) =>
        _peers.PublishAsync(offer => OfferAsync(_rooms[room], offer, cancellationToken), source, options);

    public override Task<JoinOutcome<HeadlessViewer>> WatchAsync(
        string room, string viewerId, ViewerOptions options, ViewerObserver observer, CancellationToken cancellationToken) =>
        _peers.WatchOfferedAsync(
            () => SubscribeAsync(_rooms[room], cancellationToken),
            (session, answer) => StartAsync(session, answer, cancellationToken),
            options,
            observer);

    public override async Task<SignalingProblem?> LeaveAsync(
        HeadlessViewer viewer, SignalingSession session, CancellationToken cancellationToken)
    {
        viewer.Close();
        return _session!.TryFind(session.Resource, out var handle) ? await _session.DetachAsync(handle, cancellationToken) : null;
    }

    public override async Task<IReadOnlyList<string>> TearDownAsync(CancellationToken cancellationToken)
    {
        var left = new List<string>();
        foreach (var (name, room) in _rooms)
        {
            var reply = await _session!.AskAsync(room.Publisher, VideoRoomRequest.Destroy(room.Id), null, null, cancellationToken);
            if (!reply.IsSuccess)
            {
                left.Add($"room {name} was not destroyed: {reply.Problem}");
            }
        }

        if (_session is not null)
        {
            await _session.DisposeAsync();
        }

        _http.Dispose();
        return left;
    }

    private async Task<SignalingProblem?> OpenAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        try
        {
            if (_session is not null)
            {
                return null;
            }

            (_session, var problem) = await JanusSession.OpenAsync(_http, _endpoint, cancellationToken);
            return problem;
        }
        finally
        {
            _opening.Release();
        }
    }

    private async Task<SignalingOutcome> OfferAsync(JanusRoom room, string offer, CancellationToken cancellationToken)
    {
        var joined = await _session!.AskAsync(
            room.Publisher, VideoRoomRequest.JoinAsPublisher(room.Id), null, null, cancellationToken);
        if (!joined.IsSuccess || joined.Message.Feed is not { } feed)
        {
            return new SignalingOutcome(null, joined.Problem ?? Incomplete("publisher's id"));
        }

        room.SetFeed(feed);
        var published = await _session.AskAsync(room.Publisher, VideoRoomRequest.Publish(), "offer", offer, cancellationToken);
        if (!published.IsSuccess || published.Message.Sdp is not { } answer)
        {
            return new SignalingOutcome(null, published.Problem ?? Incomplete("answer"));
        }

        var problem = await _session.CompleteCandidatesAsync(room.Publisher, cancellationToken);
        return problem is null
            ? new SignalingOutcome(new SignalingSession(room.Publisher.Resource, answer, null), null)
            : new SignalingOutcome(null, problem);
    }

    private async Task<SignalingOutcome> SubscribeAsync(JanusRoom room, CancellationToken cancellationToken)
    {
        if (await AwaitPublisherAsync(room, cancellationToken) is { } missing)
        {
            return new SignalingOutcome(null, missing);
        }

        var (handle, refusal) = await _session!.AttachAsync(cancellationToken);
        if (handle is null)
        {
            return new SignalingOutcome(null, refusal);
        }

        var request = VideoRoomRequest.JoinAsSubscriber(room.Id, await room.Feed);
        var reply = await _session.AskAsync(handle, request, null, null, cancellationToken);
        if (reply is { IsSuccess: true, Message.Sdp: { } offer })
        {
            return new SignalingOutcome(new SignalingSession(handle.Resource, offer, null), null);
        }

        await _session.DetachAsync(handle, cancellationToken);
        return new SignalingOutcome(null, reply.Problem ?? Incomplete("offer"));
    }

    private async Task<SignalingProblem?> StartAsync(SignalingSession session, string answer, CancellationToken cancellationToken)
    {
        if (!_session!.TryFind(session.Resource, out var handle))
        {
            return Incomplete("handle");
        }

        var reply = await _session.AskAsync(handle, VideoRoomRequest.Start(), "answer", answer, cancellationToken);
        var problem = reply.Problem ?? await _session.CompleteCandidatesAsync(handle, cancellationToken);
        if (problem is not null)
        {
            await _session.DetachAsync(handle, cancellationToken);
        }

        return problem;
    }

    private static async Task<SignalingProblem?> AwaitPublisherAsync(JanusRoom room, CancellationToken cancellationToken)
    {
        try
        {
            return await room.Publisher.Up.WaitAsync(PublisherPatience, cancellationToken);
        }
        catch (TimeoutException)
        {
            return new SignalingProblem(0, "The room has no publisher", $"within {PublisherPatience.TotalSeconds} s");
        }
    }

    private static SignalingProblem Incomplete(string what) => new(200, $"Janus's answer has no {what}");
}
