namespace MediaRelay.Protocols.Buffers;

/// <summary>
/// Packet buffers for reuse. Any thread may rent and return. When the pool is empty it makes a new buffer; what it keeps is bounded
/// by <c>capacity</c>, so a burst does not stay in memory for ever.
/// </summary>
public class PacketPool
{
    private readonly PacketBuffer?[] _free;
    private SpinLock _lock = new(enableThreadOwnerTracking: false);
    private int _count;
    private long _outstanding;

    public PacketPool(int capacity = 16_384) => _free = new PacketBuffer?[capacity];

    /// <summary>Buffers rented and not yet returned.</summary>
    public long Outstanding => Interlocked.Read(ref _outstanding);

    /// <summary>Makes buffers ahead, so that the first packets do not pay for them.</summary>
    public void Prefill(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Put(new PacketBuffer(this));
        }
    }

    public virtual PacketBuffer Rent()
    {
        Interlocked.Increment(ref _outstanding);
        var buffer = Take() ?? new PacketBuffer(this);
        buffer.Reset();
        return buffer;
    }

    internal virtual void Return(PacketBuffer buffer)
    {
        Interlocked.Decrement(ref _outstanding);
        Put(buffer);
    }

    private PacketBuffer? Take()
    {
        var taken = false;
        try
        {
            _lock.Enter(ref taken);
            if (_count == 0)
            {
                return null;
            }

            var buffer = _free[--_count];
            _free[_count] = null;
            return buffer;
        }
        finally
        {
            if (taken)
            {
                _lock.Exit(useMemoryBarrier: false);
            }
        }
    }

    private void Put(PacketBuffer buffer)
    {
        var taken = false;
        try
        {
            _lock.Enter(ref taken);
            if (_count < _free.Length)
            {
                _free[_count++] = buffer;
            }
        }
        finally
        {
            if (taken)
            {
                _lock.Exit(useMemoryBarrier: false);
            }
        }
    }
}
