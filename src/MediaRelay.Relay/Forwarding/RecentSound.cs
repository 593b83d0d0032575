using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Relay.Forwarding;

/// <summary>
/// The last third of a second of a source's sound while another one is heard: when that one stops without a word, the sound goes on
/// from where it stopped. Owns its packets. On the feed's home loop.
/// </summary>
internal sealed class RecentSound
{
    // 320 ms of packets of 20 ms: longer than a source may be silent before another one is heard, and a late timer on top.
    private const int Capacity = 16;

    private readonly Kept[] _kept = new Kept[Capacity];
    private int _first;

    public int Count { get; private set; }

    /// <summary>Takes the buffer of a packet that is newer than all others; that of an older one is given back.</summary>
    public void Add(Timestamp now, long sequence, uint timestamp, PacketBuffer buffer)
    {
        if (Count > 0 && sequence <= _kept[(_first + Count - 1) % Capacity].Sequence)
        {
            buffer.Dispose();
            return;
        }

        if (Count == Capacity)
        {
            Take().Buffer.Dispose();
        }

        _kept[(_first + Count) % Capacity] = new Kept(now, sequence, timestamp, buffer);
        Count++;
    }

    /// <summary>The oldest packet; there must be one.</summary>
    public ref readonly Kept Peek() => ref _kept[_first];

    /// <summary>The oldest packet, whose buffer is now the caller's; there must be one.</summary>
    public Kept Take()
    {
        var oldest = _kept[_first];
        _kept[_first] = default;
        _first = (_first + 1) % Capacity;
        Count--;
        return oldest;
    }

    /// <summary>The newest packet, whose buffer is now the caller's; there must be one.</summary>
    public Kept TakeNewest()
    {
        Count--;
        var newest = _kept[(_first + Count) % Capacity];
        _kept[(_first + Count) % Capacity] = default;
        return newest;
    }

    public void Clear()
    {
        while (Count > 0)
        {
            Take().Buffer.Dispose();
        }
    }

    internal readonly record struct Kept(Timestamp At, long Sequence, uint Timestamp, PacketBuffer Buffer);
}
