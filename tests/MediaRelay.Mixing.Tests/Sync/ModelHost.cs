using MediaRelay.Mixing.Codecs;
using MediaRelay.Mixing.Sync;
using MediaRelay.Mixing.Video;
using MediaRelay.Mixing.Worker;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Mixing.Tests.Sync;

/// <summary>
/// A host's picture and sound in virtual time, with nothing in them: what counts is when what is shown and heard was captured, by a
/// clock that only the test knows. Times are in ms.
/// </summary>
internal sealed class ModelHost : IDisposable
{
    // A block of sound is sent when it is full, a picture when it is encoded; decoding takes as long for all.
    private const double SoundSent = 20;
    private const double PictureSent = 12;
    private const double DecodeTime = 8;

    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(5);

    private readonly Random _random;
    private readonly PacketPool _pool = new();
    private readonly AudioSource _sound;
    private readonly CaptureClock _clock = new(MixClock.VideoRate);
    private readonly DelaySamples _delays = new(DelaySamples.ForPictures);
    private readonly PictureQueue<Picture> _pictures = new();
    private readonly PriorityQueue<Action<Timestamp>, double> _events = new();
    private readonly byte[] _packet = new byte[RtpPacket.FixedHeaderLength + OpusPayload.Silence.Length];
    private readonly float[] _block = new float[AudioEncoder.Frames * 2];
    private readonly double _reportWay;
    private long _soundBlocks;
    private long _pictureCount;
    private double _lastSound;
    private double _lastPicture;
    private double _blockAt;
    private double _blockStart;
    private TimeSpan _playedDelay;

    public ModelHost(int seed, double partsPerMillion, double reportWayMs)
    {
        _random = new Random(seed);
        _sound = new AudioSource(new CodecElements(), _pool);
        PartsPerMillion = partsPerMillion;
        _reportWay = reportWayMs;
    }

    public double PartsPerMillion { get; }

    public bool HasReports { get; set; } = true;

    /// <summary>From sending to arrival, by the time of sending, apart from jitter.</summary>
    public Func<double, double> Path { get; set; } = _ => 20;

    public double JitterMs { get; set; }

    public SourceDelay Delay { get; } = new();

    public TimeSpan? Needed => !_delays.HasValue || !_sound.Delays.HasValue ? null
        : _delays.Value > _sound.Delays.Value ? _delays.Value : _sound.Delays.Value;

    public long Concealed => _sound.Concealed;

    /// <summary>When the sound that is heard now was captured.</summary>
    public double HeardCapture(double now) => ToTruth((_blockStart / 48) + (now - _blockAt));

    /// <summary>When the picture that should be shown now was captured; what is shown differs by a picture's time.</summary>
    public double WantedCapture(Timestamp now) => ToTruth(_clock.ToTimestamp(now - _playedDelay) / 90);

    /// <summary>When the picture that is shown now was captured; NaN before the first.</summary>
    public double ShownCapture(Timestamp now) => _pictures.Select(now - _playedDelay, out _)?.Truth ?? double.NaN;

    /// <summary>Captures and receives all until <paramref name="now"/>.</summary>
    public void RunUntil(double now)
    {
        while (ToTruth(_soundBlocks * 20.0) <= now)
        {
            SendSound();
        }

        while (_pictureCount * 1_000 / 30.0 <= now)
        {
            SendPicture();
        }

        while (_events.TryPeek(out var happens, out var at) && at <= now)
        {
            _events.Dequeue();
            happens(At(at));
        }
    }

    public void Listen(double now)
    {
        var delay = Delay.Current;
        _sound.Read(At(now), At(now) - delay, _block);
        _playedDelay = delay + (_sound.Lag ?? TimeSpan.Zero);
        _blockAt = now;
        _blockStart = _sound.Position - AudioEncoder.Frames;
    }

    public static Timestamp At(double ms) => new(3_600_000_000_000 + (long)(ms * 1e6));

    public void Dispose()
    {
        _sound.Dispose();
        _pictures.Dispose();
        Assert.Equal(0, _pool.Outstanding);
    }

    // The host's crystal is the clock of its samples, of its pictures' timestamps and of its reports.
    private double ToTruth(double hostMs) => hostMs / (1 + (PartsPerMillion / 1e6));

    private double ToHost(double truthMs) => truthMs * (1 + (PartsPerMillion / 1e6));

    // Packets do not overtake one another.
    private double Arrive(double sent, ref double last) => last = Math.Max(last, sent + Path(sent) + (_random.NextDouble() * JitterMs));

    private void SendSound()
    {
        var block = _soundBlocks++;
        var sent = ToTruth(block * 20.0) + SoundSent;
        _events.Enqueue(now => ReceiveSound(now, block), Arrive(sent, ref _lastSound));
        if (HasReports && block % 250 == 3)
        {
            Report(sent, timestamp => _sound.OnMapping(new RtpTimestamp((uint)(long)(timestamp * 48)), ReportedCapture(timestamp)));
        }
    }

    private void ReceiveSound(Timestamp now, long block)
    {
        RtpHeaderWriter.Write(
            _packet, false, new PayloadType(111), new SequenceNumber((ushort)block), new RtpTimestamp((uint)(block * 960)), new Ssrc(1));
        OpusPayload.Silence.CopyTo(_packet.AsSpan(RtpPacket.FixedHeaderLength));
        _sound.OnRtp(now, now, _packet);
    }

    private void SendPicture()
    {
        var truth = _pictureCount * 1_000 / 30.0;
        var number = new SequenceNumber((ushort)_pictureCount++);
        var timestamp = (long)(ToHost(truth) * 90);
        var arrival = Arrive(truth + PictureSent, ref _lastPicture);
        _events.Enqueue(now => _clock.OnPacket(now, number, timestamp), arrival);
        _events.Enqueue(now => Decoded(now, timestamp, truth), arrival + DecodeTime);
        if (HasReports && _pictureCount % 30 == 2)
        {
            Report(truth, at => _clock.OnMapping((long)(at * 90), ReportedCapture(at)));
        }
    }

    private void Decoded(Timestamp now, long timestamp, double truth)
    {
        var capture = _clock.ToCapture(timestamp);
        _delays.Add(now, now - capture + Margin);
        _pictures.Enqueue(capture, new Picture(truth));
    }

    private void Report(double sent, Action<double> use) =>
        _events.Enqueue(_ => use(ToHost(sent)), sent + Path(sent) + (_random.NextDouble() * JitterMs));

    // The relay knows the host's clock but for the shortest way of a report, and some rounding.
    private Timestamp ReportedCapture(double hostMs) => At(ToTruth(hostMs) + _reportWay + (_random.NextDouble() * 2));

    private sealed record Picture(double Truth) : IDisposable
    {
        public void Dispose()
        {
        }
    }
}
