using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Feedback;

namespace MediaRelay.Relay.Forwarding;

/// <summary>
/// One thing that a feed can show. Owned by the feed's home loop after <see cref="Feed.AddSource"/>; the members that other threads
/// may use say so.
/// </summary>
public abstract class FeedSource
{
    private static long _lastGeneration;
    private int _codec;

    protected FeedSource(SourceKind kind, bool hasVideo, bool hasAudio, VideoCodec codec, TimeSpan keyFrameInterval)
    {
        Kind = kind;
        HasVideo = hasVideo;
        HasAudio = hasAudio;
        _codec = (int)codec;
        Generation = Interlocked.Increment(ref _lastGeneration);
        KeyFrames = new KeyFrameRequests(keyFrameInterval);
    }

    public SourceKind Kind { get; }

    public bool HasVideo { get; private set; }

    public bool HasAudio { get; }

    public VideoCodec Codec => (VideoCodec)Volatile.Read(ref _codec);

    /// <summary>The later of two sources of a kind is wanted: a host who published again.</summary>
    public long Generation { get; }

    /// <summary>Without a packet for this long the source counts as gone and the feed looks for another.</summary>
    internal TimeSpan SilenceLimit => Kind == SourceKind.Mix ? TimeSpan.FromMilliseconds(500) : TimeSpan.FromSeconds(1);

    internal SourceTrack Video { get; } = new();

    internal SourceTrack Audio { get; } = new();

    /// <summary>What it takes over the feed with, while that is not complete.</summary>
    internal OpeningPicture Opening { get; } = new();

    internal KeyFrameRequests KeyFrames { get; }

    internal Timestamp LastPacketAt { get; set; } = Timestamp.Zero;

    /// <summary>Set while the source is being replaced on purpose: another one is preferred, but it plays until that one is there.</summary>
    internal Timestamp? DemotedAt { get; set; }

    internal bool IsDemoted => DemotedAt is not null;

    internal bool IsAlive(Timestamp now) => LastPacketAt != Timestamp.Zero && now - LastPacketAt < SilenceLimit;

    /// <summary>The source now sends another codec, or a picture where it had none; takes effect with its next key frame.</summary>
    internal void SetCodec(VideoCodec codec)
    {
        HasVideo = true;
        Volatile.Write(ref _codec, (int)codec);
    }

    /// <summary>Asks whoever encodes for a key frame; urgently when viewers see nothing move. Called on the feed's home loop.</summary>
    protected internal abstract void SendKeyFrameRequest(bool isUrgent);

    /// <summary>The feed shows this source from now on; called on the feed's home loop.</summary>
    protected internal virtual void OnShown()
    {
    }

    /// <summary>The feed let go of this source; called on the feed's home loop.</summary>
    protected internal virtual void OnRemoved()
    {
    }

    /// <summary>What a feed keeps per track of a source.</summary>
    internal sealed class SourceTrack
    {
        public Protocols.Rtp.SequenceUnwrapper Unwrapper { get; } = new();

        /// <summary>The offsets below are valid: this track plays on the feed.</summary>
        public bool IsStarted { get; set; }

        public long FirstSequence { get; set; }

        public long SequenceOffset { get; set; }

        public uint TimestampOffset { get; set; }

        public CaptureMapping? Mapping { get; set; }
    }
}
