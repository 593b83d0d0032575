using MediaRelay.Mixing.Audio;
using MediaRelay.Mixing.Codecs;
using MediaRelay.Mixing.Link;
using MediaRelay.Mixing.Sync;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Mixing.Worker;

/// <summary>
/// One host's sound: packets come from the link, are decoded in order on the audio thread and kept on their own
/// timeline, from which the mix reads what was captured at a given time.
/// </summary>
internal sealed class AudioSource : IDisposable
{
    // Up to 60 ms are made up from what came before; a longer hole is silence, as made-up sound turns into noise.
    private const int MaxConcealed = 2_880;

    // The mix reads 20 ms from the delay's end on, at up to 2 % more speed, and a cubic needs two samples more.
    private const int ReadAhead = AudioEncoder.Frames + 32;

    // A packet must be here 20 ms (one block of the mix) before its last sample is read, and decoded.
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(23);

    private readonly Lock _lock = new();
    private readonly RtpReorderBuffer _reorder;
    private readonly CaptureClock _clock = new(MixClock.AudioRate);
    private readonly TimestampUnwrapper _timestamps = new();
    private readonly CodecElements _elements;
    private Ssrc? _ssrc;
    private int _generation;
    private long _malformed;

    // The audio thread's own.
    private readonly SampleRing _ring = new();
    private readonly SampleReader _reader = new();
    private AudioDecoder? _decoder;
    private int _readingGeneration;
    private bool _hasSound;
    private int _concealedInRow;
    private long _concealed;

    public AudioSource(CodecElements elements, PacketPool pool)
    {
        _elements = elements;
        _reorder = new RtpReorderBuffer(pool, MixClock.AudioRate);
    }

    /// <summary>Time from capture until a packet can be mixed.</summary>
    public DelaySamples Delays { get; } = new();

    /// <summary>Made-up samples per channel.</summary>
    public long Concealed => Interlocked.Read(ref _concealed);

    /// <summary>Packets that do not parse.</summary>
    public long Malformed => Interlocked.Read(ref _malformed);

    /// <summary>How far the sound lags behind its time at the last read; null while there is none.</summary>
    public TimeSpan? Lag => _hasSound ? TimeSpan.FromSeconds(_reader.Error / MixClock.AudioRate) : null;

    /// <summary>Takes a packet from the link; any thread.</summary>
    public void OnRtp(Timestamp arrival, ReadOnlySpan<byte> rtp)
    {
        if (!RtpPacket.TryParse(rtp, out var packet))
        {
            Interlocked.Increment(ref _malformed);
            return;
        }

        lock (_lock)
        {
            if (packet.Ssrc != _ssrc)
            {
                _generation++;
                _ssrc = packet.Ssrc;
                _reorder.Reset();
                _clock.Reset();
                Delays.Reset();
            }

            var timestamp = _timestamps.Unwrap(packet.Timestamp);
            _clock.OnPacket(arrival, timestamp);
            _reorder.Insert(arrival, packet);
            Delays.Add(arrival - _clock.ToCapture(timestamp) + Margin);
        }
    }

    public void OnMapping(RtpTimestamp timestamp, Timestamp capture)
    {
        lock (_lock)
        {
            _clock.OnMapping(_timestamps.Peek(timestamp), capture);
        }
    }

    /// <summary>
    /// Fills <paramref name="target"/> with the 20 ms that were captured from <paramref name="capture"/> on; audio
    /// thread.
    /// </summary>
    /// <exception cref="CodecException">The decoder cannot be opened.</exception>
    public void Read(Timestamp now, Timestamp capture, Span<float> target)
    {
        double wanted;
        lock (_lock)
        {
            if (_generation != _readingGeneration)
            {
                Restart();
            }

            if (!_clock.IsRunning)
            {
                target.Clear();
                return;
            }

            wanted = _clock.ToTimestamp(capture);
            TakeAll((long)wanted + ReadAhead, now);
        }

        if (!_hasSound)
        {
            target.Clear();
            return;
        }

        ConcealUpTo((long)wanted + ReadAhead);
        _reader.Read(_ring, wanted, target);
    }

    public void Dispose()
    {
        _decoder?.Dispose();
        _reorder.Dispose();
    }

    private void Restart()
    {
        _readingGeneration = _generation;
        _hasSound = false;
        _concealedInRow = 0;
        _reader.Reset();
        _decoder?.Dispose();
        _decoder = null;
    }

    private void TakeAll(long needed, Timestamp now)
    {
        // A missing packet is waited for until its time has come, then those behind it go first.
        while (_reorder.TryTake(_hasSound && _ring.End < needed ? Timestamp.Never : now, out var packet))
        {
            using (packet)
            {
                Take(packet.Span);
            }
        }
    }

    private void Take(ReadOnlySpan<byte> rtp)
    {
        if (!RtpPacket.TryParse(rtp, out var packet) || !OpusPayload.TryGetDuration(packet.Payload, out var frames))
        {
            Interlocked.Increment(ref _malformed);
            return;
        }

        var position = _timestamps.Peek(packet.Timestamp);
        if (!_hasSound || Math.Abs(position - _ring.End) > SampleRing.Capacity / 2)
        {
            _ring.Reset(position);
            _hasSound = true;
        }

        if (position > _ring.End)
        {
            FillHole(position);
        }

        // What was made up for a packet that came after all has been heard: only what lies behind it is new.
        var known = (int)Math.Min(_ring.End - position, frames);
        if (known == frames)
        {
            return;
        }

        var samples = Decode(packet.Payload, frames);
        _ring.Write(samples.Length > 2 * known ? samples[(2 * known)..] : default);
        _ring.WriteSilence(position + frames);
        _concealedInRow = 0;
    }

    private ReadOnlySpan<short> Decode(ReadOnlySpan<byte> payload, int frames)
    {
        _decoder ??= new AudioDecoder(_elements);
        try
        {
            return _decoder.Decode(payload, frames);
        }
        catch (CodecException)
        {
            // A packet that the decoder refuses is silence, and a new decoder for the next one; it is counted.
            Interlocked.Increment(ref _malformed);
            _decoder.Dispose();
            _decoder = null;
            return default;
        }
    }

    private void FillHole(long position)
    {
        // A hole that packets on both sides prove: their times differ by what was lost. Made up first, then silent.
        ConcealUpTo(Math.Min(position, _ring.End + MaxConcealed - _concealedInRow));
        _ring.WriteSilence(position);
    }

    // Nothing came in time for what is about to be heard.
    private void ConcealUpTo(long position)
    {
        while (_ring.End < position && _decoder is not null && _concealedInRow < MaxConcealed)
        {
            // Concealment works in steps of 2.5 ms.
            var frames = (int)Math.Min(AudioEncoder.Frames, (position - _ring.End + 119) / 120 * 120);
            var samples = Conceal(frames);
            var before = _ring.End;
            _ring.Write(samples[..Math.Min(samples.Length, 2 * frames)]);
            _ring.WriteSilence(before + frames);
            _concealedInRow += frames;
            Interlocked.Add(ref _concealed, frames);
        }
    }

    private ReadOnlySpan<short> Conceal(int frames)
    {
        try
        {
            return _decoder!.Conceal(frames);
        }
        catch (CodecException)
        {
            Interlocked.Increment(ref _malformed);
            _decoder!.Dispose();
            _decoder = null;
            return default;
        }
    }
}
