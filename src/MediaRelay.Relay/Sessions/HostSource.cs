using MediaRelay.Protocols.Payloads;
using MediaRelay.Relay.Forwarding;

namespace MediaRelay.Relay.Sessions;

/// <summary>A publishing host as a source of its room's feed.</summary>
internal sealed class HostSource(PublisherSession session, bool hasVideo, bool hasAudio, VideoCodec codec)
    : FeedSource(SourceKind.Host, hasVideo, hasAudio, codec, KeyFrameInterval)
{
    // The session coalesces the wishes of feeds and mixers to one a second; here it only spares the way to its loop.
    private static readonly TimeSpan KeyFrameInterval = TimeSpan.FromMilliseconds(100);

    protected internal override void SendKeyFrameRequest(int layer, bool isUrgent) => session.RequestKeyFrame(layer, isUrgent);
}
