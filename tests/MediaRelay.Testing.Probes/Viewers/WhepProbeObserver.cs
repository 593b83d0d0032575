using System.Collections.Concurrent;
using MediaRelay.Client.Viewers;
using MediaRelay.Protocols.Rtcp;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Sdp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Testing.Probes.Viewers;

/// <summary>Feeds a probe viewer from one headless WHEP viewer, and keeps the messages of its overlay channel.</summary>
public sealed class WhepProbeObserver(ProbeViewer probe) : ViewerObserver
{
    /// <summary>Messages as they came, with their time.</summary>
    public ConcurrentQueue<(Timestamp At, byte[] Message)> Messages { get; } = new();

    public override void OnPacket(HeadlessViewer viewer, Timestamp now, MediaKind kind, in RtpPacket packet) =>
        probe.TakeRtp(kind == MediaKind.Video, now, packet.Packet);

    public override void OnSenderReport(HeadlessViewer viewer, Timestamp now, MediaKind kind, in SenderReport report) =>
        probe.TakeMapping(kind == MediaKind.Video, report.RtpTimestamp, report.NtpTime);

    public override void OnOverlayMessage(HeadlessViewer viewer, Timestamp now, ReadOnlySpan<byte> message) =>
        Messages.Enqueue((now, message.ToArray()));
}
