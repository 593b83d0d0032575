using System.Buffers.Binary;

namespace MediaRelay.Protocols.Rtp;

/// <summary>
/// Collects header extension elements in the caller's scratch space (128 bytes hold any set that we send) until <see
/// cref="RtpHeaderWriter"/> writes them, in the one-byte form when all fit it and else in the two-byte form (RFC 8285
/// §4.1.2).
/// </summary>
public ref struct RtpExtensionsBuilder
{
    // Elements lie here as (id, length, value), as in the two-byte form.
    private readonly Span<byte> _elements;
    private int _length;
    private int _count;
    private bool _needsTwoByteForm;

    public RtpExtensionsBuilder(Span<byte> scratch) => _elements = scratch;

    /// <summary>
    /// Bytes that the whole block takes on the wire, with its own header and padded to 32-bit words; 0 without
    /// elements.
    /// </summary>
    public readonly int EncodedLength => _count == 0 ? 0 : 4 + ((ElementsLength + 3) & ~3);

    private readonly int ElementsLength => _needsTwoByteForm ? _length : _length - _count;

    /// <summary>
    /// Adds one element of at most 255 bytes. An <paramref name="id"/> below 1 (not negotiated) adds nothing, so that
    /// callers need not ask. Throws when the scratch space is too small.
    /// </summary>
    public void Add(int id, scoped ReadOnlySpan<byte> value)
    {
        if (id < 1)
        {
            return;
        }

        if (id > byte.MaxValue || value.Length > byte.MaxValue || _elements.Length - _length < value.Length + 2)
        {
            throw new ArgumentException("The extension element does not fit.", nameof(value));
        }

        _elements[_length] = (byte)id;
        _elements[_length + 1] = (byte)value.Length;
        value.CopyTo(_elements[(_length + 2)..]);
        _length += value.Length + 2;
        _count++;

        // The one-byte form has ids 1–14 and 1–16 bytes.
        _needsTwoByteForm |= id > 14 || value.Length is 0 or > 16;
    }

    public void AddUInt8(int id, byte value) => Add(id, [value]);

    public void AddUInt16(int id, ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        Add(id, bytes);
    }

    /// <summary>Adds the low 24 bits of <paramref name="value"/>.</summary>
    public void AddUInt24(int id, uint value) => Add(id, [(byte)(value >> 16), (byte)(value >> 8), (byte)value]);

    public void AddUInt64(int id, ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        Add(id, bytes);
    }

    internal readonly int Write(Span<byte> destination)
    {
        var encodedLength = EncodedLength;
        if (encodedLength == 0)
        {
            return 0;
        }

        BinaryPrimitives.WriteUInt16BigEndian(
            destination, _needsTwoByteForm ? RtpExtensionReader.TwoByteProfile : RtpExtensionReader.OneByteProfile);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)((encodedLength - 4) / 4));

        var position = 4;
        if (_needsTwoByteForm)
        {
            _elements[.._length].CopyTo(destination[position..]);
            position += _length;
        }
        else
        {
            for (var source = 0; source < _length;)
            {
                var length = _elements[source + 1];
                destination[position] = (byte)((_elements[source] << 4) | (length - 1));
                _elements.Slice(source + 2, length).CopyTo(destination[(position + 1)..]);
                position += length + 1;
                source += length + 2;
            }
        }

        destination[position..encodedLength].Clear();
        return encodedLength;
    }
}
