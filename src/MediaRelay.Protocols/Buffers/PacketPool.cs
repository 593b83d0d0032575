namespace MediaRelay.Protocols.Buffers;

/// <summary>
/// Packet buffers for reuse, in two sizes. Any thread may rent and return. When the pool is empty it makes a new buffer; what it keeps of
/// each size is bounded by <c>capacity</c>, so a burst does not stay in memory for ever.
/// </summary>
public class PacketPool(int capacity = 16_384)
{
    private readonly FreeBuffers _whole = new(capacity);
    private readonly FreeBuffers _short = new(capacity);
    private long _outstanding;

    /// <summary>Buffers rented and not yet returned.</summary>
    public long Outstanding => Interlocked.Read(ref _outstanding);

    /// <summary>Makes buffers ahead, so that the first packets do not pay for them.</summary>
    public void Prefill(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _whole.Put(new PacketBuffer(this, PacketBuffer.MaxLength));
        }
    }

    /// <summary>A buffer for any datagram.</summary>
    public PacketBuffer Rent() => Rent(PacketBuffer.MaxLength);

    /// <summary>A buffer for a datagram of that length, at most <see cref="PacketBuffer.MaxLength"/>.</summary>
    public virtual PacketBuffer Rent(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, PacketBuffer.MaxLength);
        Interlocked.Increment(ref _outstanding);
        var space = length > PacketBuffer.ShortLength ? PacketBuffer.MaxLength : PacketBuffer.ShortLength;
        var buffer = FreeOf(space).Take() ?? new PacketBuffer(this, space);
        buffer.Reset();
        return buffer;
    }

    internal virtual void Return(PacketBuffer buffer)
    {
        Interlocked.Decrement(ref _outstanding);
        FreeOf(buffer.Space.Length).Put(buffer);
    }

    private FreeBuffers FreeOf(int space) => space > PacketBuffer.ShortLength ? _whole : _short;
}
