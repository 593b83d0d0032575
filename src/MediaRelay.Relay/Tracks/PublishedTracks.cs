using System.Runtime.InteropServices;
using System.Text;
using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Relay.Forwarding;

namespace MediaRelay.Relay.Tracks;

/// <summary>
/// Tells which track a host's packet belongs to: by SSRC once it is known, before that by mid and rid (RFC 9143 §9.2, RFC 8852), which
/// senders only write until they have heard from us.
/// </summary>
internal sealed class PublishedTracks
{
    // One sound and a simulcast of three pictures, with room for streams that were restarted under another SSRC.
    private const int MaxTracks = 8;

    // Streams that were replaced: what of them is still on its way must not replace their successors.
    private const int MaxReplaced = 8;

    private readonly IReadOnlyList<PublishedTrackOptions> _sections;
    private readonly byte[]?[] _mids;
    private readonly List<PublishedTrack> _tracks = [];
    private readonly Queue<Ssrc> _replaced = new();

    public PublishedTracks(IReadOnlyList<PublishedTrackOptions> sections)
    {
        _sections = sections;
        _mids = [.. sections.Select(section => section.Mid is null ? null : Encoding.ASCII.GetBytes(section.Mid))];
    }

    /// <summary>As a span: an interface's enumerator would be allocated with every packet.</summary>
    public ReadOnlySpan<PublishedTrack> All => CollectionsMarshal.AsSpan(_tracks);

    /// <summary>The track of a packet, made when this is its first; null with the reason when it is none of ours.</summary>
    public PublishedTrack? Find(in RtpPacket packet, out bool isRtx, out DropReason reason)
    {
        isRtx = false;
        reason = DropReason.RtpUnknownSsrc;
        foreach (var track in _tracks)
        {
            if (track.Ssrc == packet.Ssrc || track.RtxSsrc == packet.Ssrc)
            {
                isRtx = track.RtxSsrc == packet.Ssrc;
                reason = DropReason.RtpUnknownPayloadType;
                return packet.PayloadType == (isRtx ? track.Options.RtxPayloadType : track.Options.PayloadType) ? track : null;
            }
        }

        if (_replaced.Contains(packet.Ssrc) || FindSection(packet) is not { } section)
        {
            return null;
        }

        if (packet.PayloadType == section.RtxPayloadType)
        {
            isRtx = true;
            return BindRtx(packet, section);
        }

        if (packet.PayloadType != section.PayloadType)
        {
            reason = DropReason.RtpUnknownPayloadType;
            return null;
        }

        return Add(packet, section);
    }

    public PublishedTrack? FindBySsrc(Ssrc ssrc)
    {
        foreach (var track in _tracks)
        {
            if (track.Ssrc == ssrc)
            {
                return track;
            }
        }

        return null;
    }

    private PublishedTrackOptions? FindSection(in RtpPacket packet)
    {
        foreach (var section in _sections)
        {
            if (section.Ssrc == packet.Ssrc)
            {
                return section;
            }
        }

        for (var i = 0; i < _sections.Count; i++)
        {
            var section = _sections[i];
            if (packet.TryGetExtension(section.Extensions[HeaderExtension.Mid], out var mid) && _mids[i] is { } own)
            {
                if (mid.SequenceEqual(own))
                {
                    return section;
                }
            }
            else if (packet.PayloadType == section.PayloadType || packet.PayloadType == section.RtxPayloadType)
            {
                return section;
            }
        }

        return null;
    }

    private PublishedTrack? Add(in RtpPacket packet, PublishedTrackOptions section)
    {
        Rid? rid = null;
        if (section.HasSimulcast)
        {
            if (!packet.TryGetExtension(section.Extensions[HeaderExtension.Rid], out var value) || !Rid.TryParse(value, out var read))
            {
                return null;
            }

            rid = read;
        }

        // The same encoding under a new SSRC: the sender has started it anew.
        if (_tracks.Find(old => old.Options == section && Equals(old.Rid, rid)) is { } replaced)
        {
            _tracks.Remove(replaced);
            if (_replaced.Count == MaxReplaced)
            {
                _replaced.Dequeue();
            }

            _replaced.Enqueue(replaced.Ssrc);
        }

        var layer = 0;
        while (_tracks.Exists(other => other.Options == section && other.Layer == layer))
        {
            layer++;
        }

        if (_tracks.Count >= MaxTracks || layer >= SourceLayers.Max)
        {
            return null;
        }

        var track = new PublishedTrack(section, packet.Ssrc, rid, layer);
        _tracks.Add(track);
        return track;
    }

    private PublishedTrack? BindRtx(in RtpPacket packet, PublishedTrackOptions section)
    {
        foreach (var track in _tracks)
        {
            if (track.Options != section)
            {
                continue;
            }

            var isIts = track.Rid is not { } rid
                || (packet.TryGetExtension(section.Extensions[HeaderExtension.RepairedRid], out var repaired) && rid.Matches(repaired));
            if (isIts)
            {
                track.RtxSsrc = packet.Ssrc;
                return track;
            }
        }

        return null;
    }
}
