using System.Diagnostics.Metrics;
using MediaRelay.Protocols.Peers;
using MediaRelay.Relay;
using MediaRelay.Relay.Rooms;
using MediaRelay.Relay.Sessions;
using MediaRelay.Server.Observability;

namespace MediaRelay.Server.Media;

/// <summary>What the relay tells the server: measured, logged, and passed to who waits for it. Called on relay loops.</summary>
internal sealed partial class RelayEvents : RelayObserver
{
    private static readonly double[] Buckets = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 5];

    private static readonly double[] ForwardBuckets = [0.00025, 0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.02, 0.05, 0.1, 0.25];

    private readonly Histogram<double> _connect;
    private readonly Histogram<double> _firstVideo;
    private readonly Histogram<double> _forward;
    private readonly Counter<long> _closed;
    private readonly ILogger<RelayEvents> _logger;

    public RelayEvents(IMeterFactory factory, ILogger<RelayEvents> logger)
    {
        _logger = logger;
        var meter = factory.CreateRelayMeter();
        var advice = new InstrumentAdvice<double> { HistogramBucketBoundaries = Buckets };
        _connect = meter.CreateHistogram(
            "session_connect_seconds", null, "Time from the arrival of an offer to a connected peer (ICE and DTLS), by kind.", null, advice);
        _firstVideo = meter.CreateHistogram(
            "first_frame_seconds", null, "Time from the arrival of a viewer's offer to its first video packet leaving.", null, advice);
        _forward = meter.CreateHistogram(
            "forward_latency_seconds", null, "From the arrival of a picture's last packet until it has left for the last viewer of a loop.", null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = ForwardBuckets });
        _closed = meter.CreateCounter<long>("sessions_closed_total", description: "Sessions that ended, by kind and reason.");
    }

    /// <summary>Told on a relay loop when a room has another host, or none. Set once, before the relay starts.</summary>
    public Action<Room> HostChanged { get; set; } = static _ => { };

    /// <summary>Told on a relay loop when a viewer watches another room's feed than before; with the room that it left. Set once, before the relay starts.</summary>
    public Action<ViewerSession, Room> HandedOff { get; set; } = static (_, _) => { };

    /// <summary>Told on a relay loop when a session has ended. Set once, before the relay starts.</summary>
    public Action<PeerSession> Closed { get; set; } = static _ => { };

    public void OnFaultOf(PeerSession session, Exception exception) => Log.Fault(_logger, session.Id, session.Room.Id, exception);

    /// <summary>A picture has left for all viewers of a loop; once per picture, not per packet.</summary>
    public void OnForwarded(TimeSpan latency) => _forward.Record(latency.TotalSeconds);

    protected override void OnConnected(PeerSession session, TimeSpan afterRequest) =>
        _connect.Record(afterRequest.TotalSeconds, KindOf(session));

    protected override void OnFirstVideo(ViewerSession session, TimeSpan afterRequest) => _firstVideo.Record(afterRequest.TotalSeconds);

    protected override void OnClosed(PeerSession session, CloseReason reason)
    {
        _closed.Add(1, KindOf(session), KeyValuePair.Create<string, object?>("reason", SnakeCase.Of(reason)));
        Log.Closed(_logger, session.Id, session.Room.Id, reason);
        Closed(session);
    }

    protected override void OnHostChanged(Room room)
    {
        Log.HostChanged(_logger, room.Id, room.Host?.Identity);
        HostChanged(room);
    }

    protected override void OnHandedOff(ViewerSession session, Room from, TimeSpan elapsed)
    {
        Log.HandedOff(_logger, session.Id, from.Id, session.Room.Id, elapsed);
        HandedOff(session, from);
    }

    protected override void OnFault(PeerSession session, Exception exception) => OnFaultOf(session, exception);

    private static KeyValuePair<string, object?> KindOf(PeerSession session) =>
        KeyValuePair.Create<string, object?>("kind", session is PublisherSession ? "whip" : "whep");

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Session {Session} in room {Room} closed: {Reason}")]
        public static partial void Closed(ILogger logger, string session, string room, CloseReason reason);

        [LoggerMessage(2, LogLevel.Information, "Room {Room} is hosted by {Host}")]
        public static partial void HostChanged(ILogger logger, string room, string? host);

        [LoggerMessage(4, LogLevel.Debug, "Session {Session} went on from room {From} to room {To} in {Elapsed}")]
        public static partial void HandedOff(ILogger logger, string session, string from, string to, TimeSpan elapsed);

        [LoggerMessage(3, LogLevel.Error, "Session {Session} in room {Room} hit a bug and was closed")]
        public static partial void Fault(ILogger logger, string session, string room, Exception exception);
    }
}
