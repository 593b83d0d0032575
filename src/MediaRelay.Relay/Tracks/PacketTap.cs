using MediaRelay.Protocols.Payloads;
using MediaRelay.Relay.Feedback;

namespace MediaRelay.Relay.Tracks;

/// <summary>
/// Takes a copy of what a room's host sends: how a mixer gets its input. Called on the host's loop, so it must not block; the bytes
/// are borrowed.
/// </summary>
public abstract class PacketTap
{
    /// <summary>The host (a new one, or the same again) sends this codec from now on; sequence numbers and timestamps start anew.</summary>
    protected internal abstract void OnHost(VideoCodec? codec);

    /// <summary>A plain RTP packet with its header, which arrived at the machine <paramref name="age"/> ago.</summary>
    protected internal abstract void OnRtp(TimeSpan age, bool isVideo, ReadOnlySpan<byte> packet);

    protected internal abstract void OnCaptureMapping(bool isVideo, CaptureMapping mapping);
}
