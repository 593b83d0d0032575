using MediaRelay.Protocols.Bandwidth;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Feedback;
using MediaRelay.Relay.Shards;

namespace MediaRelay.Relay.Forwarding;

/// <summary>
/// A mixer's output as a source of one feed: sound, the picture, and where it was made with <see cref="MixLayers"/> a small one, which
/// need not come while nobody wants it. The <c>Push</c> methods may be called from any one thread at a time.
/// </summary>
public sealed class MixSource : FeedSource
{
    /// <summary>The layer of the picture.</summary>
    public const int Whole = 0;

    /// <summary>The layer of the picture at half of the width and height.</summary>
    public const int Small = 1;

    // The encoder is ours, so a request costs a larger picture and no host's uplink.
    private static readonly TimeSpan KeyFrameInterval = TimeSpan.FromMilliseconds(500);

    // Long enough that a key frame does not look like a faster encoding.
    private static readonly TimeSpan RateWindow = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RateInterval = TimeSpan.FromMilliseconds(250);

    // Without a packet for this long the small picture is not made.
    private static readonly TimeSpan Gone = TimeSpan.FromMilliseconds(500);

    private readonly Feed _feed;
    private readonly int _pixels;
    private readonly Action<int> _requestKeyFrame;
    private readonly Action _onShown;
    private readonly Action _onRemoved;
    private readonly BitRateMeter[] _meters = [];
    private long _rate;
    private long _smallRate;
    private Timestamp _nextRates = Timestamp.Zero;

    internal MixSource(
        Feed feed, VideoCodec codec, MixLayers? layers, Action<int> requestKeyFrame, Action onShown, Action onRemoved)
        : base(SourceKind.Mix, hasVideo: true, hasAudio: true, codec, KeyFrameInterval)
    {
        _feed = feed;
        _requestKeyFrame = requestKeyFrame;
        _onShown = onShown;
        _onRemoved = onRemoved;
        if (layers is { } offered)
        {
            _meters = [new BitRateMeter(RateWindow), new BitRateMeter(RateWindow)];
            _pixels = offered.Pixels;
            SetRates(offered.BitRate, offered.SmallBitRate);
            Layers.Set(Whole, _pixels, offered.BitRate);
            Layers.Set(Small, _pixels / 4, offered.SmallBitRate);
        }
    }

    /// <summary>Feed time minus the mix's own 90 kHz time, modulo 2^32; null while the feed does not show it. Any thread.</summary>
    public uint? VideoTimestampOffset => KnownVideo(Whole) is { IsStarted: true } video ? video.TimestampOffset : null;

    /// <summary>Some viewer gets or waits for the small picture. Any thread.</summary>
    public bool IsSmallWanted => _meters.Length > 0 && IsShown && (_feed.WatchedLayers & (1 << Small)) != 0;

    /// <summary>Hands in one RTP packet of the mix's sound (own sequence numbers and timestamps); copied.</summary>
    public void PushSound(ReadOnlySpan<byte> packet) => Push(isVideo: false, layer: 0, packet);

    /// <summary>Hands in one RTP packet of the picture, or of the small one; their timestamps are of one clock. Copied.</summary>
    public void PushPicture(int layer, ReadOnlySpan<byte> packet) => Push(isVideo: true, layer, packet);

    public void PushCaptureMapping(bool isVideo, CaptureMapping mapping) => _feed.Run(_ =>
    {
        _feed.HandleCaptureMapping(this, isVideo, layer: 0, ssrc: null, mapping);
        if (isVideo && _meters.Length > 0)
        {
            // Both are of one clock: so the small picture lies right from its first packet on.
            _feed.HandleCaptureMapping(this, isVideo, Small, ssrc: null, mapping);
        }
    });

    /// <summary>What the encoders may use from now on, in bits per second. Any thread.</summary>
    public void SetRates(long bitRate, long smallBitRate)
    {
        Volatile.Write(ref _rate, bitRate);
        Volatile.Write(ref _smallRate, smallBitRate);
        Layers.FullRate = _meters.Length > 0 ? bitRate : 0;
    }

    /// <summary>Lets the room's host take over at its next key frame (or the slate after two seconds); then the source is removed.</summary>
    public void Retire() => _feed.Run(now => _feed.DemoteSource(now, this));

    /// <summary>Takes the source away at once: its mixer is dead, or its pictures come in another codec.</summary>
    public void Remove() => _feed.Run(now => _feed.RemoveSource(now, this));

    protected internal override void SendKeyFrameRequest(int layer, bool isUrgent) => _requestKeyFrame(layer);

    protected internal override void OnShown() => _onShown();

    protected internal override void OnRemoved() => _onRemoved();

    protected internal override void OnPicturePacket(Timestamp now, int layer, int bytes)
    {
        if (layer >= _meters.Length)
        {
            return;
        }

        var meter = _meters[layer];
        if (now - meter.LastPacket > Gone)
        {
            meter.Reset();
        }

        meter.Add(now, bytes);
        if (now >= _nextRates)
        {
            _nextRates = now + RateInterval;
            Layers.Set(Whole, _pixels, RateOf(now, Whole, Volatile.Read(ref _rate)));
            Layers.Set(Small, _pixels / 4, RateOf(now, Small, Volatile.Read(ref _smallRate)));
        }
    }

    /// <summary>What comes; but hosts who sit still will move again, so half of what the encoder may use is counted in any case.</summary>
    private long RateOf(Timestamp now, int layer, long allowed)
    {
        var measured = now - _meters[layer].LastPacket > Gone ? 0 : _meters[layer].GetBitsPerSecond(now);
        return measured == 0 ? allowed : Math.Max(measured, allowed / 2);
    }

    private void Push(bool isVideo, int layer, ReadOnlySpan<byte> packet)
    {
        var buffer = _feed.Home.Pool.Rent();
        if (!buffer.TrySet(packet))
        {
            buffer.Dispose();
            return;
        }

        _feed.Home.Post(HandOver.ForSource(_feed, this, isVideo, layer, buffer));
    }
}
