using MediaRelay.Mixing.Link;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Relay.Feedback;
using MediaRelay.Relay.Tracks;

namespace MediaRelay.Server.CoHosting;

/// <summary>Passes what a room's host sends to the mixer, and its codec to <paramref name="onCodec"/> too, under the room's lock.</summary>
internal sealed class MixerTap(MixerLink link, int source, Action<int, VideoCodec> onCodec) : PacketTap
{
    protected override void OnHost(VideoCodec? codec)
    {
        if (codec is { } video)
        {
            link.SetSourceCodec(source, video);
            onCodec(source, video);
        }
    }

    // What the link's bounded queue does not take is lost like a packet on the way; the link counts it.
    protected override void OnRtp(TimeSpan age, bool isVideo, ReadOnlySpan<byte> packet) => link.TryPostRtp(source, isVideo, packet, age);

    protected override void OnCaptureMapping(bool isVideo, CaptureMapping mapping) =>
        link.PostCaptureMapping(source, isVideo, mapping.RtpTimestamp, mapping.Capture);
}
