using MediaRelay.Mixing.Codecs;
using MediaRelay.Mixing.Sync;
using MediaRelay.Mixing.Worker;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Mixing.Tests.Worker;

/// <summary>
/// A host's tone in virtual time: it is captured in blocks of 20 ms, packets take their way, and the mix reads what it hears in
/// blocks of 20 ms of its own. Times are in ms since the host began.
/// </summary>
internal sealed class VirtualHost : IDisposable
{
    public const double Frequency = 410;
    public const double Amplitude = 6_000;
    public const int Block = 20;

    private const int Start = 1_000;

    // A second; a steady tone is noise for the encoder, of which it keeps no copy.
    private const double Syllables = 4;

    // Speech at a bit rate where Opus puts copies of lost sound into the next packet.
    private static readonly CodecElements Speech = new()
    {
        OpusEncoder = "opusenc bitrate=32000 frame-size=20 audio-type=voice bandwidth=wideband inband-fec=true packet-loss-percentage=20",
    };

    private readonly PacketPool _pool = new();
    private readonly PriorityQueue<byte[], double> _way = new();
    private readonly SourceDelay _delay = new();
    private readonly List<short> _heard = [];
    private readonly float[] _target = new float[AudioEncoder.Frames * 2];
    private AudioEncoder _encoder;
    private ToneSource _tone;
    private ushort _number = 65_500;
    private int _nextReport;

    public VirtualHost(bool isSpeech = false)
    {
        Source = new AudioSource(new CodecElements(), _pool);
        _encoder = new AudioEncoder(64, isSpeech ? Speech : new CodecElements());
        _tone = new ToneSource(Frequency, Amplitude, isSpeech ? Syllables : 0);
    }

    public AudioSource Source { get; }

    public uint Ssrc { get; set; } = 7;

    /// <summary>RTP timestamp of what is captured at 0.</summary>
    public uint FirstTimestamp { get; set; } = uint.MaxValue - 20_000;

    /// <summary>The host's sound clock is faster than ours by so much.</summary>
    public double PartsPerMillion { get; set; }

    /// <summary>Sender reports, with the first packet and then once a second, tell when media was captured.</summary>
    public bool HasReports { get; set; }

    /// <summary>From capture to arrival, by the time of capture; null: lost.</summary>
    public Func<int, double?> Way { get; set; } = _ => 25;

    /// <summary>What is sent instead of the encoded block, by the time of capture; empty: nothing.</summary>
    public Func<int, byte[], byte[]> Payload { get; set; } = (_, encoded) => encoded;

    /// <summary>The mix's thread gets no time then.</summary>
    public Func<int, bool> IsStalled { get; set; } = _ => false;

    public int DelayMs { get; set; } = 80;

    public int NowMs { get; private set; }

    public TimeSpan Delay => _delay.Current;

    /// <summary>Left channel of what the mix heard, one sample for each of its own since 0.</summary>
    public short[] Heard => ToneSource.Left(_heard);

    /// <summary>From the next block on the tone is another one, or none, in mono or stereo.</summary>
    public void Speak(ToneSource tone, string? encoder = null)
    {
        _tone = tone;
        if (encoder is not null)
        {
            _encoder.Dispose();
            _encoder = new AudioEncoder(64, new CodecElements { OpusEncoder = encoder });
        }
    }

    public void Play(int seconds, Action? afterBlock = null)
    {
        for (var until = NowMs + (seconds * 1_000); NowMs < until; NowMs += Block)
        {
            Capture();
            Deliver();
            Listen();
            afterBlock?.Invoke();
        }
    }

    /// <summary>Amplitudes of the tone in 40 ms each between two times, sorted.</summary>
    public double[] Levels(int fromMs, int toMs) => ToneSource.SortedLevels(Heard.AsSpan(fromMs * 48, (toMs - fromMs) * 48), Frequency);

    /// <summary>By how many ms what is heard is later (+) than the delay and the encoder's look-ahead make it, within half a period.</summary>
    public double Misplaced(int atMs, double delayMs)
    {
        const int Window = 4_800;
        var expected = delayMs + (AudioEncoder.LookAhead / 48.0);
        var heard = Heard.AsSpan(atMs * 48, Window);
        double real = 0, imaginary = 0;
        for (var i = 0; i < Window; i++)
        {
            var angle = 2 * Math.PI * Frequency * ((atMs / 1e3) + (i / 48_000.0) - (expected / 1e3));
            var sample = heard[i];
            real += sample * Math.Sin(angle);
            imaginary += sample * Math.Cos(angle);
        }

        return -Math.Atan2(imaginary, real) / (2 * Math.PI * Frequency) * 1e3;
    }

    public void Dispose()
    {
        Source.Dispose();
        _encoder.Dispose();
        Assert.Equal(0, _pool.Outstanding);
    }

    private uint TimestampOf(int captureMs) => FirstTimestamp + (uint)(captureMs * 48);

    private void Capture()
    {
        var payload = Payload(NowMs, _encoder.Encode(_tone.Next(AudioEncoder.Frames)).ToArray());
        if (payload.Length == 0)
        {
            return;
        }

        var packet = new byte[RtpPacket.FixedHeaderLength + payload.Length];
        RtpHeaderWriter.Write(
            packet, false, new PayloadType(111), new SequenceNumber(_number++), new RtpTimestamp(TimestampOf(NowMs)), new Ssrc(Ssrc));
        payload.CopyTo(packet.AsSpan(RtpPacket.FixedHeaderLength));
        if (Way(NowMs) is { } way)
        {
            _way.Enqueue(packet, CapturedAt(NowMs) + way);
        }
    }

    private void Deliver()
    {
        while (_way.TryPeek(out var packet, out var at) && at <= NowMs)
        {
            _way.Dequeue();
            var arrival = Timestamp.FromMilliseconds(Start) + TimeSpan.FromMilliseconds(at);
            Source.OnRtp(arrival, arrival, packet);
            if (HasReports && NowMs >= _nextReport)
            {
                _nextReport = NowMs + 1_000;
                var capture = Timestamp.FromMilliseconds(Start) + TimeSpan.FromMilliseconds(CapturedAt(NowMs));
                Source.OnMapping(new RtpTimestamp(TimestampOf(NowMs)), capture);
            }
        }
    }

    private double CapturedAt(int mediaMs) => mediaMs / (1 + (PartsPerMillion / 1e6));

    private void Listen()
    {
        if (IsStalled(NowMs))
        {
            _heard.AddRange(new short[AudioEncoder.Frames * 2]);
            return;
        }

        var now = Timestamp.FromMilliseconds(Start + NowMs);
        _delay.Update(now, Source.Delays.HasValue ? Source.Delays.Value : null, TimeSpan.FromMilliseconds(DelayMs));
        Source.Read(now, now - _delay.Current, _target);
        _heard.AddRange(Array.ConvertAll(_target, static sample => (short)(sample * 32_767)));
    }
}
