using System.Collections.Concurrent;
using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Feedback;
using MediaRelay.Server.Hosting;
using MediaRelay.Server.Media;

namespace MediaRelay.Server.Overlays;

/// <summary>
/// Who speaks in a room: of the hosts that its viewers hear the loudest, as far as their packets carry levels (RFC 6464). Any thread.
/// </summary>
internal sealed class SpeakerBoard(CommerceHost commerce, MediaHost media)
{
    // Who paused to breathe still has the word.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<RoomId, (MerchantId Speaker, Timestamp At)> _last = new();

    /// <summary>The merchant whose host speaks; null when nobody does, or no host says how loud it is.</summary>
    public MerchantId? Find(RoomId roomId)
    {
        if (!commerce.Service.GetRoom(roomId).TryGet(out var view, out _))
        {
            return null;
        }

        var now = media.Now;
        MerchantId? loudest = null;
        var level = VoiceLevel.SpeechThreshold;
        IEnumerable<(RoomId RoomId, MerchantId MerchantId)> hosts = view.CoHost is { State: CoHostState.Active } session
            ? session.Rooms.Select(room => (room.RoomId, room.MerchantId))
            : [(roomId, view.Room.MerchantId)];
        foreach (var (room, merchant) in hosts)
        {
            if (media.FindRoom(room.Value)?.Host?.Voice.At(now) is { } own && own > level)
            {
                (loudest, level) = (merchant, own);
            }
        }

        if (loudest is { } speaker)
        {
            _last[roomId] = (speaker, now);
            return speaker;
        }

        return _last.TryGetValue(roomId, out var last) && now - last.At < Pause ? last.Speaker : null;
    }
}
