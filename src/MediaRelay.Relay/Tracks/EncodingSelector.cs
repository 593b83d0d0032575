using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Relay.Tracks;

/// <summary>
/// Chooses which encoding of a simulcast the mixer gets, and the feed while nobody watches: the largest picture that still comes,
/// changed only at a key frame.
/// </summary>
internal sealed class EncodingSelector
{
    // An uplink that shrinks stops the largest encoding within a second; viewers should not wait longer for the next one.
    private static readonly TimeSpan Gone = TimeSpan.FromMilliseconds(500);

    public PublishedTrack? Selected { get; private set; }

    /// <summary>A key frame of <paramref name="track"/> begins; true when the track becomes the selected one with it.</summary>
    public bool OnKeyFrame(Timestamp now, PublishedTrack track, ReadOnlySpan<byte> payload)
    {
        track.Pixels = ReadPixels(track.Codec, payload) ?? track.Pixels;
        if (track == Selected)
        {
            return false;
        }

        // The same layer under another SSRC was started anew.
        if (Selected is null || now - Selected.LastPacketAt > Gone || track.Pixels > Selected.Pixels || track.Layer == Selected.Layer)
        {
            Selected = track;
            return true;
        }

        return false;
    }

    /// <summary>A track that would be selected if it sent a key frame: the selected one has stopped.</summary>
    public PublishedTrack? FindSuccessor(Timestamp now, ReadOnlySpan<PublishedTrack> tracks)
    {
        if (Selected is null || now - Selected.LastPacketAt <= Gone)
        {
            return null;
        }

        PublishedTrack? best = null;
        foreach (var track in tracks)
        {
            if (track.IsVideo && track != Selected && now - track.LastPacketAt <= Gone && track.Pixels >= (best?.Pixels ?? 0))
            {
                best = track;
            }
        }

        return best;
    }

    private static int? ReadPixels(VideoCodec codec, ReadOnlySpan<byte> payload)
    {
        if (codec == VideoCodec.H264)
        {
            return H264Payload.TryReadSps(payload, out var sps) ? sps.Width * sps.Height : null;
        }

        return Vp8Descriptor.TryParse(payload, out var descriptor)
            && Vp8Payload.TryReadKeyFrameSize(payload[descriptor.Length..], out var width, out var height)
            ? width * height
            : null;
    }
}
