using System.Diagnostics.CodeAnalysis;
using MediaRelay.Mixing.Codecs;
using MediaRelay.Mixing.Link;
using MediaRelay.Mixing.Sync;
using MediaRelay.Mixing.Video;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Mixing.Worker;

/// <summary>
/// One host's picture: packets are put in order, made access units and decoded on a thread of their own as soon as they
/// are there; the pictures wait with their capture times for the canvas.
/// </summary>
internal sealed class VideoSource : IDisposable
{
    // A request may be lost, and so may the key frame.
    private static readonly TimeSpan KeyFrameRetry = TimeSpan.FromMilliseconds(500);

    // Giving a packet up costs a key frame, which takes longer than a resend over any path that is fit for live video.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    // What the canvas needs on top of a decoded picture: its turn to look.
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(5);

    // A decoder that takes this many access units without a picture has lost its references.
    private const int MaxFruitless = 8;

    private readonly Lock _lock = new();
    private readonly RtpReorderBuffer _reorder;
    private readonly CaptureClock _clock = new(MixClock.VideoRate);
    private readonly TimestampUnwrapper _timestamps = new();
    private readonly AutoResetEvent _arrived = new(initialState: false);
    private readonly CodecElements _elements;
    private readonly LinkConnection _link;
    private readonly byte _index;
    private readonly Action<Exception> _onFailure;
    private readonly Thread _thread;
    private TimestampUnwrapper _decodedTimestamps = new();
    private Ssrc? _ssrc;
    private VideoCodec? _codec;
    private int _generation;
    private bool _isGap;
    private volatile bool _stopping;

    // The decoding thread's own.
    private VideoDepacketizer? _depacketizer;
    private VideoDecoder? _decoder;
    private int _decodingGeneration = -1;
    private bool _needsKeyFrame = true;
    private bool _follows;
    private int _fruitless;
    private Timestamp _lastRequest = Timestamp.Zero;
    private long _delaysFrom;
    private long _uplink;
    private long _decoded;
    private long _lost;

    public VideoSource(MixerSourceSpec spec, CodecElements elements, LinkConnection link, PacketPool pool, Action<Exception> onFailure)
    {
        _reorder = new RtpReorderBuffer(pool, MixClock.VideoRate) { MaxWait = Patience };
        _elements = elements;
        _link = link;
        _index = (byte)spec.Index;
        _codec = spec.VideoCodec;
        _onFailure = onFailure;
        _thread = new Thread(Run) { IsBackground = true, Name = $"decode {spec.Index}" };
    }

    /// <summary>Decoded pictures by capture time; read by the canvas thread.</summary>
    public PictureQueue<DecodedPicture> Pictures { get; } = new();

    /// <summary>Time from capture to a decoded picture.</summary>
    public DelaySamples Delays { get; } = new(DelaySamples.ForPictures);

    /// <summary>Pictures that were captured before are shown and do not count for <see cref="Delays"/>.</summary>
    public Timestamp DelaysFrom
    {
        get => new(Interlocked.Read(ref _delaysFrom));
        set => Interlocked.Exchange(ref _delaysFrom, value.Nanoseconds);
    }

    public long Decoded => Interlocked.Read(ref _decoded);

    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Time from a picture's capture to the arrival of its last packet at the relay, smoothed.</summary>
    public TimeSpan Uplink => new(Interlocked.Read(ref _uplink));

    public TimeSpan Jitter
    {
        get
        {
            lock (_lock)
            {
                return _reorder.Jitter;
            }
        }
    }

    public void Start() => _thread.Start();

    /// <summary>Takes a packet from the link.</summary>
    public void OnRtp(Timestamp arrival, ReadOnlySpan<byte> rtp)
    {
        if (!RtpPacket.TryParse(rtp, out var packet))
        {
            Interlocked.Increment(ref _lost);
            return;
        }

        lock (_lock)
        {
            if (packet.Ssrc != _ssrc)
            {
                // The host publishes anew: other sequence numbers, other timestamps.
                Restart();
                _ssrc = packet.Ssrc;
            }

            var timestamp = _timestamps.Unwrap(packet.Timestamp);
            _clock.OnPacket(arrival, packet.SequenceNumber, timestamp);
            _reorder.Insert(arrival, packet);
            if (packet.Marker)
            {
                NoteArrival(arrival - _clock.ToCapture(timestamp));
            }
            else if (!_isGap)
            {
                // There is nothing to decode before a picture's last packet, unless one that was missing lets others go.
                return;
            }
        }

        _arrived.Set();
    }

    public void OnMapping(RtpTimestamp timestamp, Timestamp capture)
    {
        lock (_lock)
        {
            _clock.OnMapping(_timestamps.Peek(timestamp), capture);
        }
    }

    /// <summary>The host publishes with this codec from now on.</summary>
    public void SetCodec(VideoCodec codec)
    {
        lock (_lock)
        {
            if (_codec == codec)
            {
                return;
            }

            _codec = codec;
            Restart();
            _ssrc = null;
        }
    }

    /// <summary>Ends the thread. The canvas must not look at the pictures any more.</summary>
    public void Dispose()
    {
        _stopping = true;
        _arrived.Set();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _decoder?.Dispose();
        Pictures.Dispose();
        _reorder.Dispose();
        _arrived.Dispose();
    }

    private void NoteArrival(TimeSpan sinceCapture)
    {
        var smoothed = Interlocked.Read(ref _uplink);
        Interlocked.Exchange(ref _uplink, smoothed == 0 ? sinceCapture.Ticks : smoothed + ((sinceCapture.Ticks - smoothed) / 16));
    }

    private void Restart()
    {
        _generation++;
        Interlocked.Exchange(ref _uplink, 0);
        _reorder.Reset();
        _clock.Reset();
        Delays.Reset();
    }

    private void Run()
    {
        try
        {
            while (!_stopping)
            {
                while (TryTake(out var packet, out var codec, out var generation))
                {
                    using (packet)
                    {
                        Decode(packet, codec, generation);
                    }
                }

                RequestKeyFrame();
                _arrived.WaitOne(WaitTime());
            }
        }
        catch (Exception failure)
        {
            // The boundary of the thread: the session decides, and ends with the reason.
            _onFailure(failure);
        }
    }

    private bool TryTake([NotNullWhen(true)] out PacketBuffer? packet, out VideoCodec codec, out int generation)
    {
        lock (_lock)
        {
            packet = null;
            codec = _codec.GetValueOrDefault();
            generation = _generation;
            var isTaken = _codec is not null && _reorder.TryTake(MixClock.Now, out packet);
            _isGap = !isTaken && _reorder.NextTimeout != Timestamp.Never;
            return isTaken;
        }
    }

    private TimeSpan WaitTime()
    {
        lock (_lock)
        {
            var left = _reorder.NextTimeout == Timestamp.Never ? KeyFrameRetry : _reorder.NextTimeout - MixClock.Now;
            return left < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : left < KeyFrameRetry ? left : KeyFrameRetry;
        }
    }

    private void Decode(PacketBuffer buffer, VideoCodec codec, int generation)
    {
        if (_depacketizer is null || generation != _decodingGeneration)
        {
            _decodingGeneration = generation;
            _depacketizer = VideoDepacketizer.Create(codec);
            _decodedTimestamps = new TimestampUnwrapper();
            _decoder?.Dispose();
            _decoder = null;
            _needsKeyFrame = true;
        }

        if (!RtpPacket.TryParse(buffer.Span, out var packet))
        {
            return;
        }

        var hasFrame = _depacketizer.TryPush(packet, out var frame, out var loss);
        if (hasFrame)
        {
            Decode(frame, codec);
        }

        if (loss != FrameLoss.None)
        {
            // Everything refers to what was lost: a still picture is better than a smeared one.
            Interlocked.Increment(ref _lost);
            _needsKeyFrame = true;
        }
    }

    private void Decode(in EncodedFrame frame, VideoCodec codec)
    {
        if (_needsKeyFrame && !frame.IsKeyFrame)
        {
            return;
        }

        try
        {
            if (_decoder?.Codec != codec)
            {
                _decoder?.Dispose();
                _decoder = null;
                _decoder = new VideoDecoder(codec, _elements);
            }

            var timestamp = _decodedTimestamps.Unwrap(frame.Timestamp);
            _decoder.Decode(frame.Data.Span, ToNanoseconds(timestamp), frame.IsKeyFrame, _follows && !_needsKeyFrame);
        }
        catch (CodecException)
        {
            // A stream that the decoder refuses costs this source a new decoder, nobody else anything; it is counted.
            Interlocked.Increment(ref _lost);
            _decoder?.Dispose();
            _decoder = null;
            _needsKeyFrame = true;
            _follows = false;
            return;
        }

        _follows = true;
        _needsKeyFrame = false;
        _fruitless++;
        while (_decoder.TryTake(out var picture))
        {
            _fruitless = 0;
            Deliver(picture);
        }

        if (_fruitless >= MaxFruitless)
        {
            _fruitless = 0;
            _needsKeyFrame = true;
        }
    }

    private void Deliver(DecodedPicture picture)
    {
        var timestamp = ToTicks(picture.Timestamp);
        Timestamp capture;
        lock (_lock)
        {
            if (_generation != _decodingGeneration || !_clock.IsRunning)
            {
                picture.Dispose();
                return;
            }

            capture = _clock.ToCapture(_timestamps.Peek(new RtpTimestamp((uint)timestamp)));
        }

        Interlocked.Increment(ref _decoded);
        if (capture >= DelaysFrom)
        {
            var now = MixClock.Now;
            Delays.Add(now, now - capture + Margin);
        }

        Pictures.Enqueue(capture, picture);
    }

    private void RequestKeyFrame()
    {
        var now = MixClock.Now;
        if (!_needsKeyFrame || now - _lastRequest < KeyFrameRetry)
        {
            return;
        }

        lock (_lock)
        {
            // Before the first packet there is nobody to ask.
            if (_ssrc is null)
            {
                return;
            }
        }

        _lastRequest = now;
        _link.TryPostCommand(LinkFrameType.SourceKeyFrame, _index);
    }

    // Decoders want times in ns that are never negative. An offset of 2³² ticks keeps packets from before the first one
    // positive.
    private static ulong ToNanoseconds(long timestamp) => (ulong)((Int128)(timestamp + (1L << 32)) * 100_000 / 9);

    private static long ToTicks(ulong nanoseconds) => (long)((((UInt128)nanoseconds * 9) + 50_000) / 100_000) - (1L << 32);
}
