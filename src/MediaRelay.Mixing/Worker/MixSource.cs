using MediaRelay.Mixing.Audio;
using MediaRelay.Mixing.Codecs;
using MediaRelay.Mixing.Link;
using MediaRelay.Mixing.Scenes;
using MediaRelay.Mixing.Slates;
using MediaRelay.Mixing.Sync;
using MediaRelay.Mixing.Video;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Mixing.Worker;

/// <summary>
/// One room in the mix: its host's picture and sound, and the slate that stands in while there is no picture.
/// </summary>
internal sealed class MixSource : IDisposable
{
    // A host may blink; after half a second viewers would take the still picture for a broken one.
    private static readonly TimeSpan HoldTime = TimeSpan.FromMilliseconds(500);

    private const long NoSound = long.MinValue;

    // Three pictures at 30 a second: viewers begin to see that it stands still.
    private static readonly TimeSpan StillTime = TimeSpan.FromMilliseconds(100);

    private readonly TileSlates _slates;
    private readonly NamePlates? _plates;
    private long _held;
    private long _playedDelay = NoSound;
    private Timestamp _lastNew = Timestamp.Never;
    private DecodedPicture? _picture;

    public MixSource(
        MixerSourceSpec spec, MixerSpec session, LinkConnection link, PacketPool pool, Action<Exception> onFailure)
    {
        var elements = session.Elements;
        Spec = spec;
        Owner = new TileOwner(spec.RoomId, spec.MerchantId);
        Colour = PictureColour.For(spec.MerchantName);
        _slates = new TileSlates(spec.MerchantName, Colour, elements);

        // Standard error is the worker's log; the relay reads it.
        _plates = session.ShowsNames ? new NamePlates(spec.MerchantName, elements, Console.Error.WriteLine) : null;
        Video = new VideoSource(spec, elements, link, pool, onFailure);
        Audio = new AudioSource(elements, pool);
        Level = new LoudnessLeveller(session.LoudnessTarget);
    }

    public MixerSourceSpec Spec { get; }

    public TileOwner Owner { get; }

    public PictureColour Colour { get; }

    /// <summary>From capture to the mix; updated by the canvas thread.</summary>
    public SourceDelay Delay { get; } = new();

    public VideoSource Video { get; }

    public AudioSource Audio { get; }

    /// <summary>Makes its speech as loud as the others'; audio thread.</summary>
    public LoudnessLeveller Level { get; }

    /// <summary>
    /// From capture to the mix as it is. Sound follows a <see cref="Delay"/> that changes no faster than nobody hears, and the
    /// picture follows the sound. Any thread.
    /// </summary>
    public TimeSpan PlayedDelay
    {
        get
        {
            var played = Interlocked.Read(ref _playedDelay);
            return played == NoSound ? Delay.Current : new TimeSpan(played);
        }
    }

    /// <summary>
    /// What the canvas shows was captured this much after (+) or before (−) what is heard at the same time; canvas thread.
    /// </summary>
    public TimeSpan VideoOffset { get; private set; }

    /// <summary>The tile shows the host.</summary>
    public bool IsLive { get; private set; }

    /// <summary>How long its last picture stood still altogether, before another one or the slate came. Any thread.</summary>
    public TimeSpan Held => new(Interlocked.Read(ref _held));

    /// <summary>What this source needs; null while nothing has come.</summary>
    public TimeSpan? NeededDelay => (Video.Delays.HasValue, Audio.Delays.HasValue) switch
    {
        (true, true) => Video.Delays.Value > Audio.Delays.Value ? Video.Delays.Value : Audio.Delays.Value,
        (true, false) => Video.Delays.Value,
        (false, true) => Audio.Delays.Value,
        _ => null,
    };

    /// <summary>Fills <paramref name="target"/> with the 20 ms of sound to be heard from <paramref name="due"/> on; audio thread.</summary>
    /// <exception cref="CodecException">The decoder cannot be opened.</exception>
    public void ReadSound(Timestamp now, Timestamp due, Span<float> target)
    {
        var delay = Delay.Current;
        Audio.Read(now, due - delay, target);
        Interlocked.Exchange(ref _playedDelay, Audio.Lag is { } lag ? (delay + lag).Ticks : NoSound);
        Level.Process(target);
    }

    /// <summary>
    /// The picture to show at <paramref name="now"/>, or null when the slate is to be shown; canvas thread.
    /// </summary>
    public DecodedPicture? SelectPicture(Timestamp now, out bool isRepeated)
    {
        var capture = now - PlayedDelay;
        _picture = Video.Pictures.Select(capture, out var isNew);
        var wasLive = IsLive;
        if (isNew)
        {
            NoteHeld(wasLive ? now - _lastNew : TimeSpan.Zero);
            _lastNew = now;
            VideoOffset = Video.Pictures.CurrentCapture - capture;
        }

        IsLive = _picture is not null && now - _lastNew <= HoldTime;
        isRepeated = IsLive && !isNew;
        NoteHeld(wasLive && !IsLive ? HoldTime : TimeSpan.Zero);
        return IsLive ? _picture : null;
    }

    /// <summary>The slate for a tile of that size; null while there is only its colour. Canvas thread.</summary>
    public DecodedPicture? SlateFor(CanvasSize size) => _slates.Find(size);

    /// <summary>The merchant's name for a tile of that size; null when none is to be shown, or it is not painted yet. Canvas thread.</summary>
    public NamePlate? PlateFor(CanvasSize size) => _plates?.Find(size);

    public void Dispose()
    {
        Video.Dispose();
        Audio.Dispose();
        _slates.Dispose();
    }

    private void NoteHeld(TimeSpan time)
    {
        if (time > StillTime)
        {
            Interlocked.Add(ref _held, time.Ticks);
        }
    }
}
