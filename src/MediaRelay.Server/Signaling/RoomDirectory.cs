using MediaRelay.Commerce.Events;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Rooms;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Peers;
using MediaRelay.Protocols.Time;
using MediaRelay.Server.Auth;
using MediaRelay.Server.Hosting;
using MediaRelay.Server.Media;
using MediaRelay.Server.Overlays;
using MediaRelay.Server.Reports;
using MediaRelay.Server.Webhooks;

namespace MediaRelay.Server.Signaling;

/// <summary>
/// Joins the two sides of a room: what commerce has registered and what the relay runs. A host that goes live starts the room's
/// show; a show that is closed ends its host's session; a deleted room ends all of its sessions.
/// </summary>
internal sealed partial class RoomDirectory : ICommerceListener
{
    private readonly CommerceHost _commerce;
    private readonly MediaHost _media;
    private readonly SlateLibrary _slates;
    private readonly WebhookFeed _feed;
    private readonly ShowRecorder _recorder;
    private readonly TimeProvider _time;
    private readonly ILogger<RoomDirectory> _logger;

    public RoomDirectory(
        CommerceHost commerce, MediaHost media, SlateLibrary slates, RelayEvents events, WebhookFeed feed, ShowRecorder recorder, TimeProvider time,
        ILogger<RoomDirectory> logger)
    {
        _commerce = commerce;
        _media = media;
        _slates = slates;
        _feed = feed;
        _recorder = recorder;
        _time = time;
        _logger = logger;
        events.HostChanged = OnHostChanged;
    }

    /// <summary>A registered room; null for an unknown or deleted one, or an id that no room can have.</summary>
    public RoomEntry? Find(string id)
    {
        if (!RoomId.TryParse(id, out var roomId) || !_commerce.Service.GetRoom(roomId).TryGet(out var view, out _))
        {
            return null;
        }

        return new RoomEntry(
            roomId,
            new RoomFacts(view.Room.MerchantId.Value, view.Room.IsPublic),
            view.MerchantName,
            view.Room.Orientation == RoomOrientation.Portrait,
            view.Room.VideoCodec switch
            {
                RoomVideoCodec.H264 => VideoCodec.H264,
                RoomVideoCodec.Vp8 => VideoCodec.Vp8,
                _ => null,
            });
    }

    /// <summary>The running room, started when this is its first session.</summary>
    public Relay.Rooms.Room Open(Timestamp now, RoomEntry room) => _media.Relay.GetOrAddRoom(
        now, room.Id.Value, room.IsPortrait, _slates.Generic(room.FixedCodec ?? VideoCodec.H264, room.IsPortrait));

    /// <summary>A viewer has come: while nobody is live, the slate should say whose room it is.</summary>
    public void PrepareSlate(Relay.Rooms.Room running, RoomEntry room)
    {
        if (!running.IsLive)
        {
            _slates.Request(running, room.MerchantName, running.Codec ?? room.FixedCodec ?? VideoCodec.H264);
        }
    }

    /// <summary>Remembers through which room and code a viewer came: orders are attributed to its first one of the night.</summary>
    public void NoteJoin(RoomEntry room, ViewerId viewer, string? shareCode)
    {
        var code = ShareCode.TryParse(shareCode, out var parsed) ? parsed : (ShareCode?)null;
        var now = _time.GetUtcNow();
        var touch = _commerce.Service.RecordJoin(now, viewer, room.Id, code);
        _recorder.NoteJoin(room.Id, MerchantId.Parse(room.Facts.MerchantId), touch.RoomId, code);
        _feed.TellJoin(now, viewer, room.Id, touch.RoomId, code);
    }

    public void Handle(CommerceEvent commerceEvent)
    {
        switch (commerceEvent)
        {
            case RoomChanged { Room: { IsDeleted: true } room }:
                _media.Relay.RemoveRoom(room.Id.Value);
                break;
            case ShowChanged { Show: { EndedAt: not null } show }:
                _media.FindRoom(show.RoomId.Value)?.Host?.RequestClose(CloseReason.Requested);
                break;
        }
    }

    private void OnHostChanged(Relay.Rooms.Room room)
    {
        if (room.IsLive)
        {
            _ = StartShowAsync(RoomId.Parse(room.Id));
        }
        else if (room.Codec is { } codec)
        {
            // In the codec that the viewers have been watching; the named one follows.
            room.SetSlate(_slates.Generic(codec, room.IsPortrait));
            _ = Task.Run(() => NameSlate(room));
        }
    }

    private void NameSlate(Relay.Rooms.Room room)
    {
        if (Find(room.Id) is { } entry)
        {
            PrepareSlate(room, entry);
        }
    }

    private async Task StartShowAsync(RoomId roomId)
    {
        try
        {
            // Off the relay loop: the show is durable before anybody refers to it.
            await Task.Yield();
            var outcome = await _commerce.Service.StartShowAsync(_time.GetUtcNow(), roomId);
            if (!outcome.IsSuccess)
            {
                Log.ShowNotStarted(_logger, roomId, outcome.Problem!.Detail, null);
            }
        }
        catch (Exception failure)
        {
            Log.ShowNotStarted(_logger, roomId, failure.Message, failure);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Room {Room} is live, but its show could not be started: {Reason}")]
        public static partial void ShowNotStarted(ILogger logger, RoomId room, string reason, Exception? exception);
    }
}
