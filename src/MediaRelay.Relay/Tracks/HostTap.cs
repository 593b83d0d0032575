using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Relay.Tracks;

/// <summary>
/// What one host gives to its room's tap. With a stream's first packet comes what is known of its capture times: the next report may
/// be five seconds away, and until then lips and sound would go by when packets arrive. On the host's loop.
/// </summary>
internal sealed class HostTap
{
    private PacketTap? _tap;
    private PublishedTrack? _video;
    private PublishedTrack? _audio;

    public void Pass(Timestamp now, PacketTap tap, PublishedTrack track, PacketBuffer packet)
    {
        tap.OnRtp(now - packet.ArrivalOr(now), track.IsVideo, packet.Span);
        if (tap != _tap)
        {
            _tap = tap;
            _video = _audio = null;
        }

        ref var known = ref track.IsVideo ? ref _video : ref _audio;
        if (known != track)
        {
            known = track;
            PassMapping(tap, track);
        }
    }

    /// <summary>The mapping is another one now.</summary>
    public void PassMapping(PacketTap tap, PublishedTrack track)
    {
        if (track.Mapping is { } mapping && track == (track.IsVideo ? _video : _audio))
        {
            tap.OnCaptureMapping(track.IsVideo, mapping);
        }
    }
}
