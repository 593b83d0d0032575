using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Forwarding;

namespace MediaRelay.Relay.Retransmission;

/// <summary>
/// The last packets of one track of a feed on one loop, shared by all of the loop's viewers: it answers NACKs (RFC 4585 §6.2.1) and
/// starts new viewers from the newest key frame. Bounded by <see cref="MaxAge"/>, <see cref="MaxPackets"/> and, for the run from the
/// key frame, <see cref="MaxKeyFrameRunBytes"/>.
/// </summary>
internal sealed class PacketHistory : IDisposable
{
    public const int MaxPackets = 2048;
    public const int MaxKeyFrameRunBytes = 1_000_000;
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(2);

    private FeedPacket[] _slots;
    private long _oldest;
    private long _next = -1;
    private long _keyFrame = -1;
    private long _keyFrameRunBytes;

    /// <param name="capacity">First size, a power of two; it grows while entries younger than <see cref="MaxAge"/> would be lost.</param>
    public PacketHistory(int capacity) => _slots = new FeedPacket[capacity];

    /// <summary>One past the highest sequence number added; −1 before the first packet.</summary>
    public long Next => _next;

    /// <summary>Adds a packet and retains its buffer; false when its number is already there or too old.</summary>
    public bool Add(Timestamp now, in FeedPacket packet)
    {
        if (_next < 0)
        {
            _oldest = packet.Sequence;
            _next = packet.Sequence;
        }

        if (packet.Sequence < _oldest || (packet.Sequence < _next && Slot(packet.Sequence).Buffer is not null))
        {
            return false;
        }

        Evict(now - MaxAge);
        while (packet.Sequence - _oldest >= _slots.Length)
        {
            if (_slots.Length < MaxPackets && packet.Sequence - _oldest < MaxPackets)
            {
                Grow();
            }
            else
            {
                Drop(_oldest);
                _oldest++;
                if (packet.Sequence - _oldest > MaxPackets)
                {
                    Clear(packet.Sequence);
                }
            }
        }

        packet.Buffer.Retain();
        Slot(packet.Sequence) = packet;
        if (packet.Sequence >= _next)
        {
            _next = packet.Sequence + 1;
            _keyFrameRunBytes += packet.PayloadLength;
        }

        if (packet.IsKeyFrameStart && packet.Sequence > _keyFrame)
        {
            // H.264 marks SPS, PPS and IDR of one picture each as a start; the first of them is where a decoder must begin.
            if (_keyFrame < 0 || !TryGet(_keyFrame, out var previous) || previous.Timestamp != packet.Timestamp)
            {
                _keyFrame = packet.Sequence;
                _keyFrameRunBytes = packet.PayloadLength;
            }
        }
        else if (packet.IsKeyFrameStart && TryGet(_keyFrame, out var start) && start.Timestamp == packet.Timestamp)
        {
            // Its parameter sets were overtaken on their way.
            _keyFrame = packet.Sequence;
        }

        return true;
    }

    public bool TryGet(long sequence, out FeedPacket packet)
    {
        if (sequence < _oldest || sequence >= _next)
        {
            packet = default;
            return false;
        }

        packet = Slot(sequence);
        return packet.Buffer is not null && packet.Sequence == sequence;
    }

    /// <summary>The newest key frame that a new viewer can start from; false when it is too old, too far back or not there.</summary>
    public bool TryGetKeyFrame(Timestamp now, out FeedPacket packet)
    {
        if (_keyFrameRunBytes <= MaxKeyFrameRunBytes && TryGet(_keyFrame, out packet) && now - packet.ReceivedAt <= MaxAge)
        {
            return true;
        }

        packet = default;
        return false;
    }

    /// <summary>Packets that are kept now, oldest first.</summary>
    public IEnumerable<FeedPacket> Packets()
    {
        for (var sequence = _oldest; sequence < _next; sequence++)
        {
            if (TryGet(sequence, out var packet))
            {
                yield return packet;
            }
        }
    }

    /// <summary>Lets go of what is older than <paramref name="horizon"/>.</summary>
    public void Evict(Timestamp horizon)
    {
        while (_oldest < _next)
        {
            ref var slot = ref Slot(_oldest);
            if (slot.Buffer is not null && slot.ReceivedAt >= horizon)
            {
                return;
            }

            Drop(_oldest);
            _oldest++;
        }
    }

    public void Dispose() => Clear(-1);

    private ref FeedPacket Slot(long sequence) => ref _slots[sequence & (_slots.Length - 1)];

    private void Drop(long sequence)
    {
        ref var slot = ref Slot(sequence);
        slot.Buffer?.Dispose();
        slot = default;
    }

    private void Clear(long next)
    {
        for (; _oldest < _next; _oldest++)
        {
            Drop(_oldest);
        }

        _oldest = next;
        _next = next;
        _keyFrame = -1;
    }

    private void Grow()
    {
        var old = _slots;
        _slots = new FeedPacket[old.Length * 2];
        for (var sequence = _oldest; sequence < _next; sequence++)
        {
            _slots[sequence & (_slots.Length - 1)] = old[sequence & (old.Length - 1)];
        }
    }
}
