namespace MediaRelay.Protocols.Buffers;

/// <summary>A pool's free buffers of one size, at most as many as it was made for; any thread.</summary>
internal sealed class FreeBuffers(int capacity)
{
    private readonly PacketBuffer?[] _free = new PacketBuffer?[capacity];
    private SpinLock _lock = new(enableThreadOwnerTracking: false);
    private int _count;

    /// <summary>The buffer that was put back last, which is the one most likely to be in a cache; null when there is none.</summary>
    public PacketBuffer? Take()
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

    public void Put(PacketBuffer buffer)
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
