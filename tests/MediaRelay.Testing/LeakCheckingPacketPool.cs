using MediaRelay.Protocols.Buffers;

namespace MediaRelay.Testing;

/// <summary>
/// A pool that finds broken ownership. Every buffer is used once and overwritten when it is returned, so that use after return
/// reads rubbish; <see cref="Dispose"/> fails when a buffer was not returned. A second return fails at once.
/// </summary>
public sealed class LeakCheckingPacketPool : PacketPool, IDisposable
{
    private const byte Poison = 0xDD;
    private readonly HashSet<PacketBuffer> _rented = new(ReferenceEqualityComparer.Instance);
    private readonly Lock _lock = new();
    private long _total;

    public LeakCheckingPacketPool()
        : base(capacity: 0)
    {
    }

    /// <summary>Buffers ever rented.</summary>
    public long TotalRented => Interlocked.Read(ref _total);

    public override PacketBuffer Rent(int length)
    {
        var buffer = base.Rent(length);
        lock (_lock)
        {
            _rented.Add(buffer);
            _total++;
        }

        return buffer;
    }

    internal override void Return(PacketBuffer buffer)
    {
        lock (_lock)
        {
            if (!_rented.Remove(buffer))
            {
                throw new InvalidOperationException("A packet buffer was returned that is not rented.");
            }
        }

        Array.Fill(buffer.Array, Poison);
        base.Return(buffer);
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_rented.Count > 0)
            {
                throw new InvalidOperationException($"{_rented.Count} of {_total} packet buffers were not returned.");
            }
        }
    }
}
