using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Mixing.Sync;

/// <summary>
/// Puts one RTP stream's packets back in order. What is next leaves at once; a gap is waited for, and given up after
/// <see cref="MaxWait"/>, so that a packet that comes again by NACK still finds its place. One thread at a time.
/// </summary>
internal sealed class RtpReorderBuffer : IDisposable
{
    // Packets; at 4 Mbit/s a second and a half, longer than any wait. A power of two, as slots are chosen by the low
    // bits.
    private const int Capacity = 512;

    private readonly PacketBuffer?[] _slots = new PacketBuffer?[Capacity];
    private readonly PacketPool _pool;
    private readonly double _nanosecondsPerTick;
    private readonly SequenceUnwrapper _sequence = new();
    private long _next = -1;

    // Of the 64 numbers before the next one, the last in the lowest bit: what was not there.
    private ulong _givenUp;
    private int _count;
    private Timestamp _gapSince = Timestamp.Never;
    private Timestamp _lastArrival;
    private uint _lastTimestamp;
    private double _jitterNanoseconds;

    public RtpReorderBuffer(PacketPool pool, int clockRate)
    {
        _pool = pool;
        _nanosecondsPerTick = 1e9 / clockRate;
    }

    /// <summary>How long a missing packet is waited for.</summary>
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Interarrival jitter (RFC 3550 §6.4.1).</summary>
    public TimeSpan Jitter => TimeSpan.FromMicroseconds(_jitterNanoseconds / 1000);

    /// <summary>Packets that came after they had been given up.</summary>
    public long Late { get; private set; }

    /// <summary>When <see cref="TryTake"/> gives up what is missing now.</summary>
    public Timestamp NextTimeout => _gapSince + MaxWait;

    /// <summary>Takes a copy of <paramref name="packet"/>.</summary>
    public void Insert(Timestamp arrival, in RtpPacket packet)
    {
        var number = _sequence.Unwrap(packet.SequenceNumber);
        if (_next < 0)
        {
            _next = number;
        }

        if (number < _next || (number < _next + Capacity && _slots[number & (Capacity - 1)] is not null))
        {
            Late += IsGivenUp(number) ? 1 : 0;
            return;
        }

        if (number >= _next + Capacity)
        {
            // Everything between was lost, or the sender jumped: what waits is too old to be worth anything.
            Drop();
            _next = number;
        }

        MeasureJitter(arrival, packet.Timestamp.Value);
        var buffer = _pool.Rent();
        if (!buffer.TrySet(packet.Packet))
        {
            buffer.Dispose();
            return;
        }

        _slots[number & (Capacity - 1)] = buffer;
        _count++;
        NoteGap(arrival);
    }

    /// <summary>
    /// The next packet in order, which the caller disposes. False when there is none, or when one is missing and may
    /// still come; with <see cref="Timestamp.Never"/> as <paramref name="now"/> nothing is waited for any longer.
    /// </summary>
    public bool TryTake(Timestamp now, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out PacketBuffer? packet)
    {
        packet = null;
        if (_count == 0)
        {
            return false;
        }

        if (_slots[_next & (Capacity - 1)] is null)
        {
            if (now < NextTimeout)
            {
                return false;
            }

            while (_slots[_next & (Capacity - 1)] is null)
            {
                Advance(isGivenUp: true);
            }

            _gapSince = Timestamp.Never;
        }

        ref var slot = ref _slots[_next & (Capacity - 1)];
        packet = slot!;
        slot = null;
        Advance(isGivenUp: false);
        _count--;
        NoteGap(now);
        return true;
    }

    /// <summary>Forgets everything: the stream begins anew.</summary>
    public void Reset()
    {
        Drop();
        _next = -1;
        _givenUp = 0;
        _lastArrival = Timestamp.Zero;
        _jitterNanoseconds = 0;
    }

    public void Dispose() => Drop();

    private bool IsGivenUp(long number) => _next - number is > 0 and <= 64 && (_givenUp >> (int)(_next - number - 1) & 1) != 0;

    private void Advance(bool isGivenUp)
    {
        _givenUp = (_givenUp << 1) | (isGivenUp ? 1u : 0u);
        _next++;
    }

    private void NoteGap(Timestamp now)
    {
        if (_count == 0 || _slots[_next & (Capacity - 1)] is not null)
        {
            _gapSince = Timestamp.Never;
        }
        else if (_gapSince == Timestamp.Never)
        {
            _gapSince = now;
        }
    }

    private void MeasureJitter(Timestamp arrival, uint timestamp)
    {
        if (_lastArrival != Timestamp.Zero)
        {
            var difference = (arrival.Nanoseconds - _lastArrival.Nanoseconds) - ((int)(timestamp - _lastTimestamp) * _nanosecondsPerTick);
            _jitterNanoseconds += (Math.Abs(difference) - _jitterNanoseconds) / 16;
        }

        _lastArrival = arrival;
        _lastTimestamp = timestamp;
    }

    private void Drop()
    {
        for (var i = 0; i < _slots.Length && _count > 0; i++)
        {
            if (_slots[i] is { } buffer)
            {
                buffer.Dispose();
                _slots[i] = null;
                _count--;
            }
        }

        _gapSince = Timestamp.Never;
    }
}
