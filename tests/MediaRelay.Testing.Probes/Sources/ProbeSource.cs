using System.Collections.Concurrent;
using MediaRelay.Client.Sources;
using MediaRelay.Mixing.Codecs;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Sdp;
using MediaRelay.Protocols.Time;
using MediaRelay.Testing.Probes.Codes;
using MediaRelay.Transport;

namespace MediaRelay.Testing.Probes.Sources;

/// <summary>
/// A host's camera and microphone, real H.264 or VP8 and Opus in real time, that can be read again (see the folder's README). A thread of
/// its own captures and encodes; what it made waits for <see cref="TryRead"/>. Publish it over WHIP with
/// <see cref="Client.HeadlessPeers"/>, or on a mixer's link with <see cref="MixerProbeHost"/>.
/// </summary>
public sealed class ProbeSource : IMediaSource
{
    // Two seconds of picture and sound: who does not read so long gets only what is new.
    private const int MaxWaiting = 160;

    private static readonly TimeSpan BlockTime = TimeSpan.FromMilliseconds(20);

    private readonly LoopClock _clock;
    private readonly IProbeEncoding _pictures;
    private readonly AudioEncoder _sound = new(bitrateKbps: 64, new CodecElements());
    private readonly ConcurrentQueue<MediaFrame> _frames = new();
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;
    private Action _wake = static () => { };
    private long _nextPicture;
    private long _nextBlock;
    private bool _isKeyFrameAsked;
    private bool _isDark;
    private bool _isSilent;
    private bool _isStarted;
    private long _skipped;
    private long _dropped;
    private Exception? _failure;

    /// <exception cref="CodecException">An encoder is missing.</exception>
    public ProbeSource(ProbeSourceOptions options, LoopClock clock)
        : this(options, clock, recording: null)
    {
    }

    internal ProbeSource(ProbeSourceOptions options, LoopClock clock, ProbeRecording? recording)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(options.Source, ProbeVoice.Voices, nameof(options));
        Options = options;
        _clock = clock;
        Timeline = TimelineOf(options);
        _pictures = recording ?? (IProbeEncoding)(options.LoopSeconds > 0
            ? ProbeRecording.Make(options, Timeline)
            : new LiveProbeEncoding(options, Timeline));
        _thread = new Thread(Run) { IsBackground = true, Name = $"probe source {options.Source}" };
    }

    public ProbeSourceOptions Options { get; }

    public VideoCodec? Video => Options.Codec;

    public bool HasAudio => true;

    public Timestamp NextFrame => _frames.IsEmpty ? Timestamp.Never : Timestamp.Zero;

    /// <summary>Captures no pictures, as a camera that was unplugged. Any thread.</summary>
    public bool IsDark
    {
        get => Volatile.Read(ref _isDark);
        set => Volatile.Write(ref _isDark, value);
    }

    /// <summary>Captures no sound. Any thread.</summary>
    public bool IsSilent
    {
        get => Volatile.Read(ref _isSilent);
        set => Volatile.Write(ref _isSilent, value);
    }

    /// <summary>Pictures that were not captured because the machine gave the source no time. Any thread.</summary>
    public long Skipped => Interlocked.Read(ref _skipped);

    /// <summary>Frames that nobody read in time. Any thread.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Why the source stopped by itself; null as long as it has not. Any thread.</summary>
    public Exception? Failure => Volatile.Read(ref _failure);

    internal ProbeTimeline Timeline { get; }

    public void Start(Timestamp now, Action wake)
    {
        Volatile.Write(ref _wake, wake);
        if (!_isStarted)
        {
            _isStarted = true;
            _thread.Start();
        }
    }

    public bool TryRead(Timestamp now, out MediaFrame frame) => _frames.TryDequeue(out frame);

    public void RequestKeyFrame(Timestamp now) => Volatile.Write(ref _isKeyFrameAsked, true);

    public void Dispose()
    {
        if (_stop.IsSet)
        {
            return;
        }

        _stop.Set();
        if (_isStarted)
        {
            _thread.Join();
        }

        _pictures.Dispose();
        _sound.Dispose();
    }

    internal static ProbeTimeline TimelineOf(ProbeSourceOptions options) =>
        new(options.Epoch, options.Phase, options.LoopSeconds * ProbeTimeline.FrameRate);

    /// <summary>Captures what is due; on the source's thread, or instead of it by who does not start it.</summary>
    internal void Capture(Timestamp now)
    {
        while (EndOf(_nextBlock) <= now)
        {
            CaptureSound();
        }

        if (Timeline.CaptureOf(_nextPicture) <= now)
        {
            CapturePicture(now);
        }
    }

    private void Run()
    {
        try
        {
            // What lies before the start was never captured.
            _nextPicture = Math.Max(0, (long)((_clock.Now - Timeline.CaptureOf(0)).TotalSeconds * ProbeTimeline.FrameRate) + 1);
            _nextBlock = Math.Max(0, (long)((_clock.Now - Timeline.Epoch) / BlockTime) + 1);
            while (!WaitUntil(Timestamp.Min(Timeline.CaptureOf(_nextPicture), EndOf(_nextBlock))))
            {
                Capture(_clock.Now);
                Volatile.Read(ref _wake)();
            }
        }
        catch (Exception failure) when (failure is CodecException or InvalidOperationException)
        {
            // The boundary of the thread: whoever runs the probe looks at it before believing any figure.
            Volatile.Write(ref _failure, failure);
        }
    }

    private Timestamp EndOf(long block) => Timeline.Epoch + (BlockTime * (block + 1));

    private bool WaitUntil(Timestamp time)
    {
        var left = time - _clock.Now;
        return _stop.Wait(left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }

    private void CaptureSound()
    {
        Span<short> samples = stackalloc short[AudioEncoder.Frames * 2];
        ProbeVoice.Write(Options.Source, _nextBlock * AudioEncoder.Frames, samples);
        var packet = _sound.Encode(samples);
        var at = BlockTime * _nextBlock;
        _nextBlock++;
        if (!packet.IsEmpty && !IsSilent)
        {
            Enqueue(new MediaFrame(MediaKind.Audio, packet.ToArray(), at, Timeline.Epoch + at, IsKeyFrame: true));
        }
    }

    private void CapturePicture(Timestamp now)
    {
        // A camera does not wait: of those that are due only the last is captured.
        var latest = _nextPicture;
        while (Timeline.CaptureOf(latest + 1) <= now)
        {
            latest++;
        }

        Interlocked.Add(ref _skipped, latest - _nextPicture);
        _nextPicture = latest + 1;
        if (Interlocked.Exchange(ref _isKeyFrameAsked, false))
        {
            _pictures.RequestKeyFrame();
        }

        // In the dark nothing is encoded, so that what follows refers to what was sent.
        var capturedAt = Timeline.CaptureOf(latest);
        var isKeyFrame = false;
        var data = IsDark ? default : _pictures.Encode(latest, out isKeyFrame);
        if (!data.IsEmpty)
        {
            Enqueue(new MediaFrame(MediaKind.Video, data, capturedAt - Timeline.Epoch, capturedAt, isKeyFrame));
        }
    }

    private void Enqueue(in MediaFrame frame)
    {
        if (_frames.Count >= MaxWaiting && _frames.TryDequeue(out _))
        {
            Interlocked.Increment(ref _dropped);
        }

        _frames.Enqueue(frame);
    }
}
