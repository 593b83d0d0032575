using System.Buffers;
using System.Buffers.Binary;

namespace MediaRelay.Protocols.Buffers;

/// <summary>
/// Short byte strings in order, one behind the other in an array that is rented only while something waits: an idle peer holds none.
/// One thread at a time.
/// </summary>
/// <param name="maxBytes">How many bytes may wait, two per datagram included.</param>
internal sealed class DatagramQueue(int maxBytes) : IDisposable
{
    private const int FirstCapacity = 2048;
    private const int PrefixLength = sizeof(ushort);

    private byte[] _bytes = [];
    private int _start;
    private int _end;

    public bool IsEmpty => _start == _end;

    /// <summary>Bytes that wait, two per datagram included.</summary>
    public int Length => _end - _start;

    /// <summary>
    /// Space at the end for a datagram of <paramref name="length"/> bytes (≤ 65,535), for <see cref="Commit"/>; false when it would be
    /// too much. Without a commit nothing is added.
    /// </summary>
    public bool TryReserve(int length, out Span<byte> space)
    {
        var needed = PrefixLength + length;
        if (Length + needed > maxBytes)
        {
            space = default;
            return false;
        }

        if (_end + needed > _bytes.Length)
        {
            MakeRoom(needed);
        }

        space = _bytes.AsSpan(_end + PrefixLength, length);
        return true;
    }

    /// <summary>Adds the first <paramref name="length"/> bytes of the space that was reserved last.</summary>
    public void Commit(int length)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(_end), (ushort)length);
        _end += PrefixLength + length;
    }

    /// <summary>
    /// Takes the first datagram; false when there is none. One longer than <paramref name="destination"/> is given in pieces.
    /// </summary>
    public bool TryTake(Span<byte> destination, out int length)
    {
        length = 0;
        if (IsEmpty)
        {
            Dispose();
            return false;
        }

        var whole = BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(_start));
        length = Math.Min(whole, destination.Length);
        _bytes.AsSpan(_start + PrefixLength, length).CopyTo(destination);
        _start += length;
        if (length == whole)
        {
            _start += PrefixLength;
        }
        else
        {
            BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(_start), (ushort)(whole - length));
        }

        if (IsEmpty)
        {
            Dispose();
        }

        return true;
    }

    /// <summary>Forgets what waits and gives the array back; the queue may be used again.</summary>
    public void Dispose()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _bytes = [];
        _start = 0;
        _end = 0;
    }

    private void MakeRoom(int needed)
    {
        var held = Length;
        var bytes = held + needed <= _bytes.Length
            ? _bytes
            : ArrayPool<byte>.Shared.Rent(Math.Max(FirstCapacity, Math.Max(2 * _bytes.Length, held + needed)));
        _bytes.AsSpan(_start, held).CopyTo(bytes);
        if (bytes != _bytes)
        {
            Dispose();
            _bytes = bytes;
        }

        _start = 0;
        _end = held;
    }
}
