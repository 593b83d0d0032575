using MediaRelay.Protocols.Buffers;

namespace MediaRelay.Protocols.Sctp;

/// <summary>
/// The bytes of messages from acceptance to acknowledgement, one behind the other in rented packet buffers. A byte is addressed by
/// its position since the association began; positions are released from the front, as TSNs are acknowledged.
/// </summary>
internal sealed class SendBuffer(PacketPool pool)
{
    private const int BlockLength = PacketBuffer.MaxLength;

    private RingQueue<PacketBuffer> _blocks;
    private long _firstBlock;
    private long _released;

    /// <summary>The position that the next byte gets.</summary>
    public long End { get; private set; }

    /// <summary>Bytes held.</summary>
    public int Length => (int)(End - _released);

    /// <summary>Copies <paramref name="data"/> in and returns its position.</summary>
    public long Append(ReadOnlySpan<byte> data)
    {
        var position = End;
        while (!data.IsEmpty)
        {
            var offset = (int)(End - _firstBlock);
            if (offset == _blocks.Count * BlockLength)
            {
                _blocks.Enqueue(pool.Rent());
            }

            var space = _blocks[offset / BlockLength].Space[(offset % BlockLength)..];
            var part = data[..Math.Min(data.Length, space.Length)];
            part.CopyTo(space);
            data = data[part.Length..];
            End += part.Length;
        }

        return position;
    }

    public void CopyTo(long position, Span<byte> destination)
    {
        var offset = (int)(position - _firstBlock);
        while (!destination.IsEmpty)
        {
            var space = _blocks[offset / BlockLength].Space[(offset % BlockLength)..];
            var part = space[..Math.Min(destination.Length, space.Length)];
            part.CopyTo(destination);
            destination = destination[part.Length..];
            offset += part.Length;
        }
    }

    /// <summary>Everything before <paramref name="position"/> is no longer needed.</summary>
    public void Release(long position)
    {
        _released = position;
        while (_blocks.Count > 0 && (position - _firstBlock >= BlockLength || position == End))
        {
            _blocks.Dequeue().Dispose();
            _firstBlock += BlockLength;
        }

        if (_blocks.Count == 0)
        {
            _firstBlock = End;
        }
    }
}
