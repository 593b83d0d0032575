using System.Collections.Concurrent;
using MediaRelay.Commerce;
using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.Campaigns;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Interactions;
using MediaRelay.Commerce.Overlays;
using MediaRelay.Commerce.Overlays.Bodies;
using MediaRelay.Server.Admission;
using MediaRelay.Server.Api;
using MediaRelay.Server.Hosting;
using MediaRelay.Server.Media;
using MediaRelay.Server.Moderation;
using MediaRelay.Server.Options;
using Microsoft.Extensions.Options;

namespace MediaRelay.Server.Overlays;

/// <summary>Brings overlay messages to viewers, on data channels and WebSockets, and their messages to commerce.</summary>
internal sealed partial class OverlayHub(
    OverlayHost overlays,
    CommerceHost commerce,
    MediaHost media,
    TallyBoard tallies,
    OverlayDeliveryMetrics metrics,
    IEnumerable<IMixArrangement> arrangements,
    IOptions<LimitsOptions> limits,
    TimeProvider time,
    InteractionStream interactions,
    CommentDesk comments,
    ILogger<OverlayHub> logger,
    SpeakerSource? speaker = null) : IRoomBroadcast, IActiveSessions, IRoomAudience
{
    // More than anybody reads; a large room's comments would else cost more than its picture.
    private const int CommentsPerSecondPerRoom = 100;

    private readonly ConcurrentDictionary<RoomId, ConcurrentDictionary<EventsViewer, byte>> _listeners = new();
    private readonly ConcurrentDictionary<RoomId, TokenBucket> _comments = new();

    public LimitsOptions Limits { get; } = limits.Value;

    public OverlayDeliveryMetrics Metrics { get; } = metrics;

    public TallyBoard Tallies { get; } = tallies;

    /// <summary>The most never-shed bytes that waited for one viewer.</summary>
    public HighWater Backlogs { get; } = new();

    public CommerceService Commerce => commerce.Service;

    /// <summary>Viewers on WebSockets.</summary>
    public int Count => _listeners.Values.Sum(room => room.Count);

    public int CountViewers(RoomId roomId) =>
        (media.FindRoom(roomId.Value)?.ViewerCount ?? 0) + (_listeners.TryGetValue(roomId, out var listeners) ? listeners.Count : 0);

    /// <summary>Viewers of the room that has the most.</summary>
    public int CountInFullestRoom() => media.Relay.Rooms.Select(room => RoomId.Parse(room.Id)).Concat(_listeners.Keys)
        .Select(CountViewers).DefaultIfEmpty().Max();

    public RoomOverlays Room(RoomId roomId) => overlays.Rooms[roomId];

    /// <summary>Where the room's feed was; null when nothing was shown yet.</summary>
    public long? MediaTime(RoomId roomId, DateTimeOffset at)
    {
        // Causes are stamped on arrival; the feed's clock is read now, so go back by what has passed since.
        var elapsed = time.GetUtcNow() - at;
        return media.FindRoom(roomId.Value)?.PastMediaTime(media.Now - elapsed);
    }

    /// <summary>What is to be seen and heard in a room at a time.</summary>
    public LiveMoment See(RoomId roomId, DateTimeOffset at) => new(MediaTime(roomId, at), speaker?.Invoke(roomId, at));

    /// <summary>A pseudonym for a viewer without a token.</summary>
    public string MakeViewerId() => "v-" + Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8));

    /// <summary>The data channel's side of a viewer.</summary>
    public DataChannelViewer MakeViewer(RoomId roomId, ViewerId viewerId) => new(this, roomId, viewerId, time);

    public bool TryEnqueueSnapshot(DateTimeOffset now, RoomId roomId, ViewerId viewerId, uint mediaOffset, ViewerLanes lanes)
    {
        if (!overlays.Rooms.Snapshot(now, roomId, viewerId, mediaOffset).TryGet(out var messages, out _))
        {
            // The room is gone; the session is about to end with it.
            return false;
        }

        lanes.Enqueue(messages);
        return true;
    }

    /// <summary>
    /// Whose tile lies at a point of the picture (0–1), and what that merchant has in its spotlight now. By the layout of the media time that
    /// the viewer saw, as far as that is known, else by the present one.
    /// </summary>
    /// <param name="seen">Of the room's feed; null when the viewer did not say.</param>
    public (MerchantId? Owner, ItemKey? Spotlight) FindTapped(RoomId roomId, double x, double y, long? seen)
    {
        if (!Commerce.GetRoomShelves(roomId).TryGet(out var shelves, out _))
        {
            return default;
        }

        var own = shelves.Merchants[0].Merchant.Id;
        if (seen is not { } mediaTime || !Room(roomId).Layouts.TryFind(mediaTime, own, x, y, out var owner))
        {
            owner = shelves.CoHost is { } session && arrangements.FirstOrDefault()?.FindTiles(roomId, session) is { Count: > 0 } tiles
                ? LayoutTimeline.OwnerAt(session, tiles, x, y)
                : own;
        }

        return (owner, shelves.Merchants.FirstOrDefault(merchant => merchant.Merchant.Id == owner)?.Spotlight?.Item);
    }

    /// <summary>Hands an interaction to those who listen.</summary>
    public void Note(InteractionEvent interaction) => interactions.Publish(interaction);

    /// <summary>Shows a comment to its room, after the platform was asked about it if it wants to be.</summary>
    public void Submit(Comment comment)
    {
        var bucket = _comments.GetOrAdd(comment.RoomId, static _ => new TokenBucket(CommentsPerSecondPerRoom));
        lock (bucket)
        {
            if (bucket.Take(comment.At, 1) == 0)
            {
                Metrics.RateLimited("comment_room");
                return;
            }
        }

        comments.Submit(comment, Show);
    }

    private void Show(Comment comment)
    {
        Metrics.Interaction("comment");
        Room(comment.RoomId).Publish(UnixMicros.Of(comment.At), comment.MediaTime, new CommentBody(comment.ViewerId, comment.Text));
        Note(new InteractionEvent(
            InteractionKind.Comment, comment.At, comment.RoomId, comment.ViewerId, new LiveMoment(comment.MediaTime, speaker?.Invoke(comment.RoomId, comment.At)))
        {
            Text = comment.Text,
        });
    }

    public void ParticipationFaulted(Exception bug, CampaignKey key) => Log.NotHandled(logger, bug, key);

    public void Deliver(RoomId roomId, OverlayMessage message)
    {
        media.FindRoom(roomId.Value)?.Broadcast(message);
        if (_listeners.TryGetValue(roomId, out var listeners))
        {
            foreach (var listener in listeners.Keys)
            {
                listener.Deliver(message);
            }
        }
    }

    public void Add(RoomId roomId, EventsViewer viewer) => _listeners.GetOrAdd(roomId, static _ => new()).TryAdd(viewer, 0);

    public void Remove(RoomId roomId, EventsViewer viewer)
    {
        if (_listeners.TryGetValue(roomId, out var listeners))
        {
            listeners.TryRemove(viewer, out _);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "A viewer's part in {Campaign} could not be handled.")]
        public static partial void NotHandled(ILogger logger, Exception bug, CampaignKey campaign);
    }
}
