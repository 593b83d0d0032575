using MediaRelay.Client.Sources;
using MediaRelay.Protocols.Rtcp;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Sdp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Client.Viewers;

/// <summary>What a viewer hands on, on its loop's thread; one observer may serve many viewers.</summary>
public abstract class ViewerObserver
{
    /// <summary>A decrypted media packet, repaired ones included; borrowed. Which ones: <see cref="MediaInspection"/>.</summary>
    public virtual void OnPacket(HeadlessViewer viewer, Timestamp now, MediaKind kind, in RtpPacket packet)
    {
    }

    /// <summary>
    /// The last missing packet of a picture with a time code, and of all before it, has arrived; its times are of the host's process.
    /// </summary>
    public virtual void OnPicture(HeadlessViewer viewer, Timestamp now, in PictureTimes times)
    {
    }

    /// <summary>A sender report of a stream that the viewer receives: its RTP timestamp and its wall time belong together.</summary>
    public virtual void OnSenderReport(HeadlessViewer viewer, Timestamp now, MediaKind kind, in SenderReport report)
    {
    }

    /// <summary>The overlay channel is open: <see cref="HeadlessViewer.TrySend"/> works.</summary>
    public virtual void OnOverlaysOpened(HeadlessViewer viewer, Timestamp now)
    {
    }

    /// <summary>A message on the overlay channel; borrowed.</summary>
    public virtual void OnOverlayMessage(HeadlessViewer viewer, Timestamp now, ReadOnlySpan<byte> message)
    {
    }
}
