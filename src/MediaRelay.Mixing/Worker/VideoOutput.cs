using MediaRelay.Mixing.Codecs;
using MediaRelay.Mixing.Link;
using MediaRelay.Mixing.Scenes;
using MediaRelay.Mixing.Video;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Mixing.Worker;

/// <summary>One encoded picture stream: a thread that encodes what the canvas posts and sends it as RTP.</summary>
internal sealed class VideoOutput : IDisposable
{
    private static readonly PayloadType VideoPayloadType = new(96);

    // Key frames are ten times as large; requests that come closer than this are served by one.
    private static readonly TimeSpan KeyFrameInterval = TimeSpan.FromMilliseconds(200);

    private readonly PictureSlot _slot = new();
    private readonly MixerSpec _session;
    private readonly VideoCodec _codec;
    private readonly VideoPacketizer _packetizer;
    private readonly RtpOutput _rtp;
    private readonly MixClock _clock;
    private readonly int _frameRate;
    private readonly Action<Exception> _onFailure;
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _first = new();
    private VideoEncoder? _encoder;
    private volatile bool _isOpen;
    private Timestamp _lastKeyFrame = Timestamp.Zero;
    private int _currentKbps;
    private volatile bool _isFallback;
    private bool _keyFrameRequested;
    private int _bitrateKbps;
    private long _skipped;
    private long _encodeDelayMicroseconds;
    private long _busySince;

    public VideoOutput(MixerOutputSpec spec, MixerSpec session, LinkConnection link, MixClock clock, Random random, Action<Exception> onFailure)
    {
        _codec = spec.Codec ?? VideoCodec.H264;
        _session = session;
        _currentKbps = spec.BitrateKbps ?? session.VideoBitrateKbps;
        Spec = spec;
        Canvas = CanvasSize.For(spec.Portrait);
        _packetizer = VideoPacketizer.Create(_codec);
        _rtp = new RtpOutput(link, spec.Index, VideoPayloadType, random);
        _clock = clock;
        _frameRate = session.FrameRate;
        _onFailure = onFailure;
        _thread = new Thread(Run) { IsBackground = true, Name = $"encode {spec.Index}" };
    }

    public MixerOutputSpec Spec { get; }

    /// <summary>The canvas that it shows.</summary>
    public CanvasSize Canvas { get; }

    /// <summary>The encoder takes pictures; any thread.</summary>
    public bool IsOpen => _isOpen;

    /// <summary>Pictures that the encoder was too slow to take.</summary>
    public long Skipped => Interlocked.Read(ref _skipped);

    /// <summary>The configured encoder failed, and the software one does its work.</summary>
    public bool IsFallback => _isFallback;

    /// <summary>From a tick to its last packet, smoothed.</summary>
    public TimeSpan EncodeDelay => TimeSpan.FromMicroseconds(Interlocked.Read(ref _encodeDelayMicroseconds));

    /// <summary>When the encoder began with the picture that it is at, or null while it waits for one.</summary>
    public Timestamp? BusySince => Interlocked.Read(ref _busySince) is > 0 and var since ? new Timestamp(since) : null;

    /// <summary>Opens the encoder; without, <see cref="Start"/>'s thread does, so that nobody waits for it.</summary>
    /// <exception cref="CodecException">The encoder cannot be opened.</exception>
    public void Open()
    {
        _encoder = OpenEncoder();
        _isOpen = true;
    }

    public void Start() => _thread.Start();

    /// <summary>Waits until a picture has been encoded and sent, at most <paramref name="limit"/>.</summary>
    public void WaitForFirst(TimeSpan limit) => _first.Wait(limit);

    public void RequestKeyFrame() => Volatile.Write(ref _keyFrameRequested, true);

    public void SetBitrate(int kbps) => Volatile.Write(ref _bitrateKbps, kbps);

    /// <summary>
    /// Hands over a reference to a picture; it is dropped and counted when the encoder still has one waiting. Null
    /// counts as dropped: encoders held all pictures.
    /// </summary>
    public void Post(CanvasPicture? canvas, long tick, Timestamp due)
    {
        if (canvas is null || !_slot.TryPut(canvas, tick, due))
        {
            canvas?.Dispose();
            Interlocked.Increment(ref _skipped);
        }
    }

    public void Dispose()
    {
        _slot.Close();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _encoder?.Dispose();
        _first.Dispose();
    }

    private void Run()
    {
        try
        {
            if (!_isOpen)
            {
                Open();
            }

            while (_slot.TryTake(out var canvas, out var tick, out var due))
            {
                Encode(canvas, tick, due);
            }
        }
        catch (Exception failure)
        {
            // The boundary of the thread: the session decides, and ends with the reason.
            _onFailure(failure);
        }
    }

    private void Encode(CanvasPicture canvas, long tick, Timestamp due)
    {
        Interlocked.Exchange(ref _busySince, MixClock.Now.Nanoseconds);
        using (canvas)
        {
            ApplyRequests(due);
            EncodeOrFallBack(canvas, tick);
        }

        while (_encoder!.TryTake(out var accessUnit))
        {
            using (accessUnit)
            {
                Send(accessUnit);
            }
        }

        var delay = (long)(MixClock.Now - due).TotalMicroseconds;
        var smoothed = Interlocked.Read(ref _encodeDelayMicroseconds);
        Interlocked.Exchange(ref _encodeDelayMicroseconds, smoothed == 0 ? delay : smoothed + ((delay - smoothed) / 16));
        Interlocked.Exchange(ref _busySince, 0);
        _first.Set();
    }

    private void ApplyRequests(Timestamp now)
    {
        if (now - _lastKeyFrame >= KeyFrameInterval && Interlocked.Exchange(ref _keyFrameRequested, false))
        {
            _lastKeyFrame = now;
            _encoder!.RequestKeyFrame();
        }

        var kbps = Interlocked.Exchange(ref _bitrateKbps, 0);
        if (kbps > 0)
        {
            _currentKbps = kbps;
            _encoder!.SetBitrate(kbps);
        }
    }

    private VideoEncoder OpenEncoder()
    {
        var element = _session.Elements.EncoderFor(_codec);
        try
        {
            return new VideoEncoder(_codec, Spec.IsSmall ? Canvas.Halved() : Canvas, _session.FrameRate, _currentKbps, element);
        }
        catch (CodecException failure) when (CanFallBack)
        {
            return FallBack(failure);
        }
    }

    private void EncodeOrFallBack(CanvasPicture canvas, long tick)
    {
        try
        {
            _encoder!.Encode(canvas, tick);
        }
        catch (CodecException failure) when (CanFallBack)
        {
            // The new one begins with a key frame, so viewers miss nothing.
            _encoder!.Dispose();
            _encoder = FallBack(failure);
            _encoder.Encode(canvas, tick);
        }
    }

    private bool CanFallBack => !_isFallback && _session.Elements.EncoderFor(_codec) != CodecElements.SoftwareEncoder(_codec);

    // A graphics card that is lost, or that has no session left, must not cost the show. Standard error is the worker's log.
    private VideoEncoder FallBack(CodecException failure)
    {
        var element = CodecElements.SoftwareEncoder(_codec);
        Console.Error.WriteLine($"output {Spec.Index} is encoded by {element}, because {_session.Elements.EncoderFor(_codec)} failed: {failure.Message}");
        _isFallback = true;
        return new VideoEncoder(_codec, Spec.IsSmall ? Canvas.Halved() : Canvas, _session.FrameRate, _currentKbps, element);
    }

    private void Send(CodecBuffer accessUnit)
    {
        var timestamp = new RtpTimestamp((uint)_clock.VideoTimestamp(_encoder!.TickOf(accessUnit), _frameRate));
        _packetizer.Start(accessUnit.Data, accessUnit.IsKeyFrame);
        while (_packetizer.TryNext(_rtp.PayloadSpace, out var length, out var isLast))
        {
            _rtp.Send(length, isLast, timestamp, isMoreComing: !isLast);
        }
    }
}
