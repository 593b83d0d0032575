using MediaRelay.Protocols.Time;

namespace MediaRelay.Mixing.Link;

/// <summary>
/// Where a <see cref="MixerLink"/> delivers. All calls but <see cref="OnLog"/> come one at a time from the link's own
/// task, never from within a call to the link, and must not block: what waits behind them is the mix. After <see
/// cref="OnExited"/> nothing comes any more.
/// </summary>
public interface IMixerOutput
{
    /// <summary>
    /// A complete RTP packet on the worker's clock, with its own SSRC and sequence numbers; payload type 96 for video,
    /// 111 for audio. Borrowed for the call.
    /// </summary>
    void OnRtp(int output, ReadOnlySpan<byte> rtp);

    /// <summary>
    /// What the output shows at <paramref name="rtpTimestamp"/> was captured at <paramref name="capture"/> (relay's
    /// clock): the pair for sender reports. Repeated every second and when the delay of the mix changes.
    /// </summary>
    void OnCaptureMapping(int output, uint rtpTimestamp, NtpTime capture);

    /// <summary>The decoder of the source waits for a key frame; repeated every half second until one comes.</summary>
    void OnKeyFrameNeeded(int source);

    void OnStats(MixerStats stats);

    /// <summary>A line that the worker wrote to its standard error; comes from a task of its own.</summary>
    void OnLog(string line);

    /// <summary>The worker is gone, for whatever reason; called once, within 500 ms of it.</summary>
    void OnExited(MixerExit exit);
}
