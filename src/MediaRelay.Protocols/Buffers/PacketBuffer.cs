using System.Diagnostics;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Buffers;

/// <summary>
/// One packet in pooled, pinned memory. It has exactly one owner, who disposes it or passes it on; only when a packet is handed to
/// several loops does <see cref="Retain"/> add a reference, and from then on the bytes are read-only.
/// </summary>
public sealed class PacketBuffer : IDisposable
{
    /// <summary>Bytes in front of the data, so that a header can grow without a copy.</summary>
    public const int Headroom = 64;

    /// <summary>Bytes that a buffer can hold after the headroom: an Ethernet MTU and what SRTP adds, rounded up.</summary>
    public const int MaxLength = 1984;

    /// <summary>
    /// Bytes that a short buffer can hold: every packet of sound up to 160 kbit/s, which are most of what is kept of small rooms.
    /// </summary>
    public const int ShortLength = 448;

    private readonly PacketPool _pool;
    private readonly byte[] _memory;
    private int _references;

    internal PacketBuffer(PacketPool pool, int length)
    {
        _pool = pool;
        _memory = GC.AllocateUninitializedArray<byte>(Headroom + length, pinned: true);
    }

    /// <summary>Offset of the first byte in the backing array.</summary>
    public int Start { get; private set; }

    public int Length { get; private set; }

    /// <summary>
    /// When the packet reached this machine, which may be well before it is handled; <see cref="Timestamp.Never"/> when nobody knows.
    /// </summary>
    public Timestamp ArrivedAt { get; set; }

    public Span<byte> Span
    {
        get
        {
            Debug.Assert(_references > 0, "used after return");
            return _memory.AsSpan(Start, Length);
        }
    }

    public ReadOnlyMemory<byte> Memory => _memory.AsMemory(Start, Length);

    /// <summary>The whole space after the headroom, to receive into; <see cref="SetRange"/> says afterwards what is used.</summary>
    public Span<byte> Space => _memory.AsSpan(Headroom);

    /// <summary>The pinned backing array; an index into it is an address for native calls.</summary>
    public byte[] Array => _memory;

    /// <summary>When the packet reached this machine, or <paramref name="now"/>, when it is handled, if that is not known.</summary>
    public Timestamp ArrivalOr(Timestamp now) => ArrivedAt == Timestamp.Never ? now : ArrivedAt;

    /// <summary>Takes bytes [start, start + length) of the backing array as the packet.</summary>
    public void SetRange(int start, int length)
    {
        if ((uint)start > (uint)_memory.Length || (uint)length > (uint)(_memory.Length - start))
        {
            throw new ArgumentOutOfRangeException(nameof(length), length, "the range lies outside the buffer");
        }

        Start = start;
        Length = length;
    }

    /// <summary>Copies <paramref name="data"/> in behind the headroom; false when it does not fit.</summary>
    public bool TrySet(ReadOnlySpan<byte> data)
    {
        if (data.Length > Space.Length)
        {
            return false;
        }

        data.CopyTo(_memory.AsSpan(Headroom));
        Start = Headroom;
        Length = data.Length;
        return true;
    }

    /// <summary>
    /// Moves what it holds to a short buffer when it fits there; returns the buffer that holds it from now on. For what is kept; to be
    /// called by the only owner.
    /// </summary>
    public PacketBuffer Compact()
    {
        if (Length > ShortLength || Space.Length == ShortLength)
        {
            return this;
        }

        var compact = _pool.Rent(Length);
        compact.TrySet(Span);
        Dispose();
        return compact;
    }

    /// <summary>Adds an owner; every owner disposes once.</summary>
    public PacketBuffer Retain()
    {
        var references = Interlocked.Increment(ref _references);
        Debug.Assert(references > 1, "retained after return");
        return this;
    }

    public void Dispose()
    {
        var references = Interlocked.Decrement(ref _references);
        if (references == 0)
        {
            _pool.Return(this);
        }
        else if (references < 0)
        {
            throw new InvalidOperationException("A packet buffer was returned twice.");
        }
    }

    internal void Reset()
    {
        _references = 1;
        Start = Headroom;
        Length = 0;
        ArrivedAt = Timestamp.Never;
    }
}
