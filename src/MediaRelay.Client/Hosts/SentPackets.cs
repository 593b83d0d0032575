using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Rtp;

namespace MediaRelay.Client.Hosts;

/// <summary>
/// The last plain packets of one track by number: those still to be sent and those that may be asked for again. A slot's buffer is
/// rented once and written over.
/// </summary>
internal sealed class SentPackets : IDisposable
{
    private readonly PacketPool _pool;
    private readonly Slot[] _slots;
    private long _next;

    /// <param name="capacity">A power of two.</param>
    public SentPackets(PacketPool pool, int capacity, ushort firstNumber)
    {
        if (!System.Numerics.BitOperations.IsPow2(capacity))
        {
            throw new ArgumentOutOfRangeException(nameof(capacity), capacity, "not a power of two");
        }

        _pool = pool;
        _slots = new Slot[capacity];
        _next = firstNumber;
        FirstUnsent = firstNumber;
    }

    /// <summary>Number of the next packet to be sent, unwrapped.</summary>
    public long FirstUnsent { get; private set; }

    public int UnsentCount => (int)(_next - FirstUnsent);

    /// <summary>No slot is left for another packet without losing one that was never sent.</summary>
    public bool IsFull => UnsentCount == _slots.Length;

    /// <summary>The number that the next packet will have, on the wire.</summary>
    public SequenceNumber Next => new((ushort)_next);

    /// <summary>Space for the next packet, header first.</summary>
    public Span<byte> Space => (Of(_next).Buffer ??= _pool.Rent()).Space;

    /// <summary>Keeps what was written to <see cref="Space"/>.</summary>
    public void Add(int headerLength, int length)
    {
        ref var slot = ref Of(_next);
        slot.Number = _next++;
        slot.HeaderLength = headerLength;
        slot.Buffer!.SetRange(PacketBuffer.Headroom, length);
    }

    /// <summary>Takes the next packet to be sent; there is one (<see cref="UnsentCount"/>).</summary>
    public void TakeUnsent(out ReadOnlySpan<byte> header, out Span<byte> payload) => Read(Of(FirstUnsent++), out header, out payload);

    /// <summary>A packet that was sent, by its number on the wire; false when it is no longer kept.</summary>
    public bool TryFind(SequenceNumber number, out ReadOnlySpan<byte> header, out ReadOnlySpan<byte> payload)
    {
        header = default;
        payload = default;
        var distance = number.DistanceTo(new SequenceNumber((ushort)FirstUnsent));
        var unwrapped = FirstUnsent - distance;
        if (distance <= 0 || unwrapped < 0)
        {
            return false;
        }

        ref readonly var slot = ref Of(unwrapped);
        if (slot.Buffer is null || slot.Number != unwrapped)
        {
            return false;
        }

        Read(slot, out header, out var kept);
        payload = kept;
        return true;
    }

    public void Dispose()
    {
        foreach (ref var slot in _slots.AsSpan())
        {
            slot.Buffer?.Dispose();
            slot.Buffer = null;
        }
    }

    private static void Read(in Slot slot, out ReadOnlySpan<byte> header, out Span<byte> payload)
    {
        var packet = slot.Buffer!.Span;
        header = packet[..slot.HeaderLength];
        payload = packet[slot.HeaderLength..];
    }

    private ref Slot Of(long number) => ref _slots[(int)(number & (_slots.Length - 1))];

    private struct Slot
    {
        public PacketBuffer? Buffer;
        public long Number;
        public int HeaderLength;
    }
}
