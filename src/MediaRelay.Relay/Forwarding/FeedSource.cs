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
    private readonly SourceTrack?[] _layers = new SourceTrack?[SourceLayers.Max];
    private readonly KeyFrameRequests?[] _keyFrames = new KeyFrameRequests?[SourceLayers.Max];
    private readonly OpeningPicture?[] _openings = new OpeningPicture?[SourceLayers.Max];
    private readonly TimeSpan _keyFrameInterval;
    private int _codec;
    private int _isShown;
    private int _resumed;

    protected FeedSource(SourceKind kind, bool hasVideo, bool hasAudio, VideoCodec codec, TimeSpan keyFrameInterval)
    {
        Kind = kind;
        HasVideo = hasVideo;
        HasAudio = hasAudio;
        _codec = (int)codec;
        Generation = Interlocked.Increment(ref _lastGeneration);
        _keyFrameInterval = keyFrameInterval;
    }

    public SourceKind Kind { get; }

    public bool HasVideo { get; private set; }

    public bool HasAudio { get; }

    public VideoCodec Codec => (VideoCodec)Volatile.Read(ref _codec);

    /// <summary>The later of two sources of a kind is wanted: a host who published again.</summary>
    public long Generation { get; }

    /// <summary>Without a packet for this long the source counts as gone and the feed looks for another.</summary>
    internal TimeSpan SilenceLimit => Kind == SourceKind.Mix ? TimeSpan.FromMilliseconds(500) : TimeSpan.FromSeconds(1);

    /// <summary>The source's encodings; only a simulcast has more than one, and tells about them.</summary>
    public SourceLayers Layers { get; } = new();

    internal SourceTrack Audio { get; } = new();

    /// <summary>What it sent of late while another source was heard.</summary>
    internal RecentSound RecentSound { get; } = new();

    /// <summary>The layer that plays for longest: what the others are aligned with. −1 while none does.</summary>
    internal int ReferenceLayer { get; private set; } = -1;

    /// <summary>A key frame with which one of its encodings will join has begun to come.</summary>
    internal bool HasOpening => Array.Exists(_openings, opening => opening is { HasBegun: true });

    /// <summary>The feed shows it now; any thread.</summary>
    internal bool IsShown => Volatile.Read(ref _isShown) != 0;

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

    /// <summary>What the feed keeps of one encoding.</summary>
    internal SourceTrack Video(int layer) => _layers[layer] ??= new SourceTrack();

    /// <summary>What the feed keeps of an encoding that it has met; null before.</summary>
    internal SourceTrack? KnownVideo(int layer) => layer < 0 ? null : _layers[layer];

    internal KeyFrameRequests KeyFrames(int layer) => _keyFrames[layer] ??= new KeyFrameRequests(_keyFrameInterval);

    /// <summary>Wishes for a key frame of any encoding that is known; of the first one before.</summary>
    internal void RequestKeyFrames()
    {
        var isKnown = false;
        for (var layer = 0; layer < SourceLayers.Max; layer++)
        {
            if (_layers[layer] is not null)
            {
                isKnown = true;
                KeyFrames(layer).Request();
            }
        }

        if (!isKnown)
        {
            KeyFrames(0).Request();
        }
    }

    /// <summary>What one encoding joins the feed with, while that is not complete.</summary>
    internal OpeningPicture Opening(int layer) => _openings[layer] ??= new OpeningPicture();

    internal void ClearOpenings()
    {
        foreach (var opening in _openings)
        {
            opening?.Clear();
        }
    }

    internal void NoteJoined(int layer) => ReferenceLayer = ReferenceLayer < 0 ? layer : ReferenceLayer;

    /// <summary>One encoding plays no longer, until its next key frame.</summary>
    internal void StopLayer(int layer)
    {
        Video(layer).IsStarted = false;
        if (ReferenceLayer == layer)
        {
            ReferenceLayer = Array.FindIndex(_layers, other => other is { IsStarted: true });
        }
    }

    /// <summary>
    /// Packets of an encoding were left out before the one that is passed next: what follows has to begin with a key frame. On the
    /// loop that passes them.
    /// </summary>
    internal void NoteResumed(int layer) => Interlocked.Or(ref _resumed, 1 << layer);

    /// <summary>True once after <see cref="NoteResumed"/>.</summary>
    internal bool TryTakeResumed(int layer) =>
        (Volatile.Read(ref _resumed) & (1 << layer)) != 0 && (Interlocked.And(ref _resumed, ~(1 << layer)) & (1 << layer)) != 0;

    /// <summary>
    /// The feed begins to show the source, or shows another one: what it knew of its pictures' place is void. Sound goes its own way
    /// (<see cref="FeedSound"/>).
    /// </summary>
    internal void Reset(bool isShown)
    {
        foreach (var layer in _layers)
        {
            if (layer is not null)
            {
                layer.IsStarted = false;
                layer.KeepsTimestamps = false;
            }
        }

        ReferenceLayer = -1;
        Volatile.Write(ref _isShown, isShown ? 1 : 0);
    }

    /// <summary>
    /// Asks whoever encodes for a key frame of one encoding; urgently when viewers see nothing move. Called on the feed's home loop.
    /// </summary>
    protected internal abstract void SendKeyFrameRequest(int layer, bool isUrgent);

    /// <summary>A packet of one encoding came, of so many bytes; called on the feed's home loop.</summary>
    protected internal virtual void OnPicturePacket(Timestamp now, int layer, int bytes)
    {
    }

    /// <summary>The feed shows this source from now on; called on the feed's home loop.</summary>
    protected internal virtual void OnShown()
    {
    }

    /// <summary>The feed let go of this source; called on the feed's home loop.</summary>
    protected internal virtual void OnRemoved()
    {
    }
}
