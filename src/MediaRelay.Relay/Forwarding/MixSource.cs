using MediaRelay.Protocols.Payloads;
using MediaRelay.Relay.Feedback;
using MediaRelay.Relay.Shards;

namespace MediaRelay.Relay.Forwarding;

/// <summary>A mixer's output as a source of one feed. The <c>Push</c> methods may be called from any one thread at a time.</summary>
public sealed class MixSource : FeedSource
{
    // The encoder is ours, so a request costs a larger picture and no host's uplink.
    private static readonly TimeSpan KeyFrameInterval = TimeSpan.FromMilliseconds(500);

    private readonly Feed _feed;
    private readonly Action _requestKeyFrame;
    private readonly Action _onShown;
    private readonly Action _onRemoved;

    internal MixSource(Feed feed, VideoCodec codec, Action requestKeyFrame, Action onShown, Action onRemoved)
        : base(SourceKind.Mix, hasVideo: true, hasAudio: true, codec, KeyFrameInterval)
    {
        _feed = feed;
        _requestKeyFrame = requestKeyFrame;
        _onShown = onShown;
        _onRemoved = onRemoved;
    }

    /// <summary>Feed time minus the mix's own 90 kHz time, modulo 2^32; null while the feed does not show it. Any thread.</summary>
    public uint? VideoTimestampOffset => KnownVideo(0) is { IsStarted: true } video ? video.TimestampOffset : null;

    /// <summary>Hands in one RTP packet of the mix (own sequence numbers and timestamps); copied.</summary>
    public void Push(bool isVideo, ReadOnlySpan<byte> packet)
    {
        var buffer = _feed.Home.Pool.Rent();
        if (!buffer.TrySet(packet))
        {
            buffer.Dispose();
            return;
        }

        _feed.Home.Post(HandOver.ForSource(_feed, this, isVideo, layer: 0, buffer));
    }

    public void PushCaptureMapping(bool isVideo, CaptureMapping mapping) =>
        _feed.Run(_ => _feed.HandleCaptureMapping(this, isVideo, layer: 0, ssrc: null, mapping));

    /// <summary>Lets the room's host take over at its next key frame (or the slate after two seconds); then the source is removed.</summary>
    public void Retire() => _feed.Run(now => _feed.DemoteSource(now, this));

    /// <summary>Takes the source away at once: its mixer is dead.</summary>
    public void Remove() => _feed.Run(now => _feed.RemoveSource(now, this));

    protected internal override void SendKeyFrameRequest(int layer, bool isUrgent) => _requestKeyFrame();

    protected internal override void OnShown() => _onShown();

    protected internal override void OnRemoved() => _onRemoved();
}
