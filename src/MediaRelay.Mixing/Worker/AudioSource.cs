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

    // While its sender pauses, the decoder's comfort noise goes on: 400 ms until it is renewed (RFC 7587 §3.1.3), and as
    // long again when that packet is lost.
    private const int MaxComfortNoise = 2 * 19_200;

    // The mix reads 20 ms from the delay's end on, at up to 3 % more speed, and a cubic needs two samples more.
    private const int ReadAhead = AudioEncoder.Frames + 32;

    // 2.5 ms, so that sound neither stops nor starts with a click.
    private const int RampFrames = 120;

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
    private SequenceNumber _lastNumber;
    private bool _isPaused;
    private int _concealedInRow;
    private int _suspected;
    private long _concealed;
    private long _recovered;
    private long _late;

    public AudioSource(CodecElements elements, PacketPool pool)
    {
        _elements = elements;
        _reorder = new RtpReorderBuffer(pool, MixClock.AudioRate);
    }

    /// <summary>Time from capture until a packet can be mixed.</summary>
    public DelaySamples Delays { get; } = new(DelaySamples.ForSound);

    /// <summary>Samples per channel that were made up, or silent, in place of lost or late ones.</summary>
    public long Concealed => Interlocked.Read(ref _concealed);

    /// <summary>Lost samples per channel that the next packet had a copy of.</summary>
    public long Recovered => Interlocked.Read(ref _recovered);

    /// <summary>Packets that came after their time.</summary>
    public long Late
    {
        get
        {
            lock (_lock)
            {
                return Interlocked.Read(ref _late) + _reorder.Late;
            }
        }
    }

    /// <summary>Packets that do not parse or decode.</summary>
    public long Malformed => Interlocked.Read(ref _malformed);

    /// <summary>
    /// How far the sound lags behind its time at the last read, because it is stretched no faster; null while there is
    /// none. Any thread.
    /// </summary>
    public TimeSpan? Lag => Volatile.Read(ref _hasSound) ? TimeSpan.FromSeconds(_reader.Error / MixClock.AudioRate) : null;

    /// <summary>RTP timestamp (unwrapped, fractional) behind the last sample that was read; NaN before the first. Audio thread.</summary>
    public double Position => _reader.Position;

    /// <summary>
    /// Takes a packet that arrived at the relay at <paramref name="arrival"/> and has come through the link now; any
    /// thread.
    /// </summary>
    public void OnRtp(Timestamp now, Timestamp arrival, ReadOnlySpan<byte> rtp)
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
            _clock.OnPacket(arrival, packet.SequenceNumber, timestamp);
            _reorder.Insert(arrival, packet);
            Delays.Add(now, now - _clock.ToCapture(timestamp) + Margin);
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
        Volatile.Write(ref _hasSound, false);
        _concealedInRow = 0;
        _suspected = 0;
        _isPaused = false;
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
        var lost = _hasSound ? Math.Max(0, _lastNumber.DistanceTo(packet.SequenceNumber) - 1) : 0;
        _lastNumber = packet.SequenceNumber;
        if (!_hasSound || Math.Abs(position - _ring.End) > SampleRing.Capacity / 2)
        {
            _ring.Reset(position);
            _concealedInRow = 0;
            Volatile.Write(ref _hasSound, true);
        }

        CloseHole(position, lost * (long)frames, packet.Payload);

        // What was made up for a packet that came after all has been heard: only what lies behind it is new.
        var known = (int)Math.Clamp(_ring.End - position, 0, frames);
        if (known > 0)
        {
            Interlocked.Increment(ref _late);
        }

        _isPaused = OpusPayload.IsPause(packet.Payload);
        if (known < frames)
        {
            Append(Decode(packet.Payload, frames), known, position + frames);
        }
    }

    private void Append(ReadOnlySpan<short> samples, int known, long end)
    {
        var start = _ring.End;
        _ring.Write(samples.Length > 2 * known ? samples[(2 * known)..] : default);
        _ring.WriteSilence(end);
        if (_concealedInRow >= MaxConcealed)
        {
            _ring.Ramp(start, RampFrames, isRising: true);
        }

        _concealedInRow = 0;
    }

    private ReadOnlySpan<short> Decode(ReadOnlySpan<byte> payload, int frames)
    {
        _decoder ??= AudioDecoder.Create(_elements);
        try
        {
            var samples = _decoder.Decode(payload, frames);
            if (samples.IsEmpty)
            {
                Interlocked.Increment(ref _malformed);
            }

            return samples;
        }
        catch (CodecException)
        {
            return Replace();
        }
    }

    // Up to the next packet's position; its number tells how much at most was lost of that, the rest was not sent.
    private void CloseHole(long position, long lost, ReadOnlySpan<byte> next)
    {
        var missing = Math.Max(0, position - _ring.End);
        if (lost > 0 || missing == 0)
        {
            Interlocked.Add(ref _concealed, _suspected);
        }

        _suspected = 0;
        if (missing == 0)
        {
            return;
        }

        var isRecoverable = OpusPayload.HasRecovery(next, out var copied) && copied <= Math.Min(missing, lost) && _decoder is not null;
        var recovered = isRecoverable ? copied : 0;
        Interlocked.Add(ref _concealed, Math.Min(missing, lost) - recovered);
        Interlocked.Add(ref _recovered, recovered);

        // Made up first, then silent.
        MakeUp(position - recovered);
        _ring.WriteSilence(position - recovered);
        if (isRecoverable)
        {
            Append(MakeUp(next, copied), 0, position);
        }
    }

    // Nothing came in time for what is about to be heard. Whether it is lost or late, or was never sent, only the next packet tells.
    private void ConcealUpTo(long position)
    {
        var made = MakeUp(position);
        _suspected += _isPaused ? 0 : made;
    }

    // Gives how much it was; after a time in a row no more.
    private int MakeUp(long position)
    {
        var longest = _isPaused ? MaxComfortNoise : MaxConcealed;
        var before = _ring.End;
        while (_ring.End < position && _decoder is not null && _concealedInRow < longest)
        {
            // Concealment works in steps of 2.5 ms.
            var frames = (int)Math.Min(Math.Min(AudioEncoder.Frames, longest - _concealedInRow), (position - _ring.End + 119) / 120 * 120);
            var samples = MakeUp(next: default, frames);
            var start = _ring.End;
            _ring.Write(samples[..Math.Min(samples.Length, 2 * frames)]);
            _ring.WriteSilence(start + frames);
            _concealedInRow += frames;
            if (_concealedInRow >= longest)
            {
                _ring.Ramp(_ring.End - RampFrames, RampFrames, isRising: false);
            }
        }

        return (int)(_ring.End - before);
    }

    // Without a next packet from what came before alone.
    private ReadOnlySpan<short> MakeUp(ReadOnlySpan<byte> next, int frames)
    {
        try
        {
            return next.IsEmpty ? _decoder!.Conceal(frames) : _decoder!.Recover(next, frames);
        }
        catch (CodecException)
        {
            return Replace();
        }
    }

    // What the decoder refuses is silence, and a new decoder for the next packet; it is counted.
    private ReadOnlySpan<short> Replace()
    {
        Interlocked.Increment(ref _malformed);
        _decoder?.Dispose();
        _decoder = null;
        return default;
    }
}
