using System.Buffers.Binary;

namespace MediaRelay.Commerce.Overlays.MessagePack;

/// <summary>
/// Reads MessagePack values from untrusted bytes. Every method returns false, and leaves the position where it was,
/// when the next value is of another kind or cut off; nothing throws. Headers announcing more elements than bytes left
/// are refused, so a count can be trusted as a loop bound.
/// </summary>
public ref struct MessagePackReader(ReadOnlySpan<byte> data)
{
    /// <summary>Nesting that <see cref="TrySkip"/> follows; deeper input is refused.</summary>
    public const int MaxDepth = 32;

    private ReadOnlySpan<byte> _rest = data;

    /// <summary>What is not read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>Bytes not read yet.</summary>
    public readonly int Remaining => _rest.Length;

    public readonly MessagePackType NextType => _rest.IsEmpty ? MessagePackType.None : TypeOf(_rest[0]);

    public bool TryReadNil()
    {
        if (_rest.IsEmpty || _rest[0] != 0xc0)
        {
            return false;
        }

        _rest = _rest[1..];
        return true;
    }

    public bool TryReadBoolean(out bool value)
    {
        value = false;
        if (_rest.IsEmpty || _rest[0] is not (0xc2 or 0xc3))
        {
            return false;
        }

        value = _rest[0] == 0xc3;
        _rest = _rest[1..];
        return true;
    }

    /// <summary>Any integer format whose value fits; a float, even a whole one, is none.</summary>
    public bool TryReadUInt64(out ulong value)
    {
        if (!TryPeekInteger(out var signed, out value, out var length) || signed < 0)
        {
            value = 0;
            return false;
        }

        _rest = _rest[length..];
        return true;
    }

    /// <summary>Any integer format whose value fits.</summary>
    public bool TryReadInt64(out long value)
    {
        if (!TryPeekInteger(out value, out var unsigned, out var length) || (value >= 0 && unsigned > long.MaxValue))
        {
            value = 0;
            return false;
        }

        _rest = _rest[length..];
        return true;
    }

    /// <summary>Either float format, or an integer.</summary>
    public bool TryReadDouble(out double value)
    {
        value = 0;
        if (_rest.Length >= 5 && _rest[0] == 0xca)
        {
            value = BinaryPrimitives.ReadSingleBigEndian(_rest[1..]);
            _rest = _rest[5..];
            return true;
        }

        if (_rest.Length >= 9 && _rest[0] == 0xcb)
        {
            value = BinaryPrimitives.ReadDoubleBigEndian(_rest[1..]);
            _rest = _rest[9..];
            return true;
        }

        if (!TryPeekInteger(out var signed, out var unsigned, out var length))
        {
            return false;
        }

        value = signed < 0 ? signed : unsigned;
        _rest = _rest[length..];
        return true;
    }

    /// <param name="utf8">The string's bytes, within the data; whether they are UTF-8 is not checked.</param>
    public bool TryReadUtf8(out ReadOnlySpan<byte> utf8)
    {
        utf8 = default;
        if (_rest.IsEmpty)
        {
            return false;
        }

        var code = _rest[0];
        if (code is >= 0xa0 and <= 0xbf)
        {
            return TryTake(1, (uint)(code & 0x1f), out utf8);
        }

        return code is >= 0xd9 and <= 0xdb && TryReadLength(1 << (code - 0xd9), out var length, out var header)
            && TryTake(header, length, out utf8);
    }

    public bool TryReadBinary(out ReadOnlySpan<byte> value)
    {
        value = default;
        return !_rest.IsEmpty && _rest[0] is >= 0xc4 and <= 0xc6
            && TryReadLength(1 << (_rest[0] - 0xc4), out var length, out var header)
                && TryTake(header, length, out value);
    }

    public bool TryReadArrayHeader(out int count)
    {
        count = 0;
        if (_rest.IsEmpty)
        {
            return false;
        }

        var code = _rest[0];
        if (code is >= 0x90 and <= 0x9f)
        {
            return TryTakeHeader(1, (uint)(code & 0x0f), 1, out count);
        }

        return code is 0xdc or 0xdd && TryReadLength(code == 0xdc ? 2 : 4, out var length, out var header)
            && TryTakeHeader(header, length, 1, out count);
    }

    /// <param name="count">Pairs.</param>
    public bool TryReadMapHeader(out int count)
    {
        count = 0;
        if (_rest.IsEmpty)
        {
            return false;
        }

        var code = _rest[0];
        if (code is >= 0x80 and <= 0x8f)
        {
            return TryTakeHeader(1, (uint)(code & 0x0f), 2, out count);
        }

        return code is 0xde or 0xdf && TryReadLength(code == 0xde ? 2 : 4, out var length, out var header)
            && TryTakeHeader(header, length, 2, out count);
    }

    public bool TryReadExtension(out sbyte type, out ReadOnlySpan<byte> value)
    {
        type = 0;
        value = default;
        if (_rest.IsEmpty)
        {
            return false;
        }

        var code = _rest[0];
        uint length;
        int header;
        if (code is >= 0xd4 and <= 0xd8)
        {
            (length, header) = (1u << (code - 0xd4), 1);
        }
        else if (code is not (>= 0xc7 and <= 0xc9) || !TryReadLength(1 << (code - 0xc7), out length, out header))
        {
            return false;
        }

        if (_rest.Length <= header)
        {
            return false;
        }

        var typeByte = (sbyte)_rest[header];
        if (!TryTake(header + 1, length, out value))
        {
            return false;
        }

        type = typeByte;
        return true;
    }

    /// <summary>Steps over one value with all that it contains.</summary>
    public bool TrySkip()
    {
        var before = _rest;
        if (TrySkip(MaxDepth))
        {
            return true;
        }

        _rest = before;
        return false;
    }

    private bool TrySkip(int depth)
    {
        switch (NextType)
        {
            case MessagePackType.Nil: return TryReadNil();
            case MessagePackType.Boolean: return TryReadBoolean(out _);
            case MessagePackType.Integer: case MessagePackType.Float: return TryReadDouble(out _);
            case MessagePackType.String: return TryReadUtf8(out _);
            case MessagePackType.Binary: return TryReadBinary(out _);
            case MessagePackType.Extension: return TryReadExtension(out _, out _);
            case MessagePackType.Array: return depth > 0 && TryReadArrayHeader(out var elements)
                && TrySkip(elements, depth - 1);
            case MessagePackType.Map: return depth > 0 && TryReadMapHeader(out var pairs)
                && TrySkip(2L * pairs, depth - 1);
            default: return false;
        }
    }

    private bool TrySkip(long count, int depth)
    {
        for (; count > 0; count--)
        {
            if (!TrySkip(depth))
            {
                return false;
            }
        }

        return true;
    }

    private static MessagePackType TypeOf(byte code) => code switch
    {
        <= 0x7f or >= 0xe0 => MessagePackType.Integer,
        <= 0x8f => MessagePackType.Map,
        <= 0x9f => MessagePackType.Array,
        <= 0xbf => MessagePackType.String,
        0xc0 => MessagePackType.Nil,
        0xc1 => MessagePackType.None,
        0xc2 or 0xc3 => MessagePackType.Boolean,
        <= 0xc6 => MessagePackType.Binary,
        <= 0xc9 => MessagePackType.Extension,
        0xca or 0xcb => MessagePackType.Float,
        <= 0xd3 => MessagePackType.Integer,
        <= 0xd8 => MessagePackType.Extension,
        <= 0xdb => MessagePackType.String,
        <= 0xdd => MessagePackType.Array,
        _ => MessagePackType.Map,
    };

    // Both views of one value: signed is right when negative, unsigned when not.
    private readonly bool TryPeekInteger(out long signed, out ulong unsigned, out int length)
    {
        signed = 0;
        unsigned = 0;
        length = 0;
        if (_rest.IsEmpty)
        {
            return false;
        }

        var code = _rest[0];
        length = code switch
        {
            <= 0x7f or >= 0xe0 => 1,
            0xcc or 0xd0 => 2,
            0xcd or 0xd1 => 3,
            0xce or 0xd2 => 5,
            0xcf or 0xd3 => 9,
            _ => 0,
        };
        if (length == 0 || _rest.Length < length)
        {
            return false;
        }

        var body = _rest[1..];
        switch (code)
        {
            case 0xcc: unsigned = body[0]; break;
            case 0xcd: unsigned = BinaryPrimitives.ReadUInt16BigEndian(body); break;
            case 0xce: unsigned = BinaryPrimitives.ReadUInt32BigEndian(body); break;
            case 0xcf: unsigned = BinaryPrimitives.ReadUInt64BigEndian(body); break;
            case 0xd0: signed = (sbyte)body[0]; break;
            case 0xd1: signed = BinaryPrimitives.ReadInt16BigEndian(body); break;
            case 0xd2: signed = BinaryPrimitives.ReadInt32BigEndian(body); break;
            case 0xd3: signed = BinaryPrimitives.ReadInt64BigEndian(body); break;
            default: signed = (sbyte)code; break;
        }

        if (code is >= 0xcc and <= 0xcf)
        {
            signed = unsigned > long.MaxValue ? 0 : (long)unsigned;
        }
        else if (signed >= 0)
        {
            unsigned = (ulong)signed;
        }

        return true;
    }

    // The big-endian length behind the first byte; its width is 1, 2 or 4.
    private readonly bool TryReadLength(int width, out uint length, out int header)
    {
        length = 0;
        header = 1 + width;
        if (_rest.Length < header)
        {
            return false;
        }

        length = width switch
        {
            1 => _rest[1],
            2 => BinaryPrimitives.ReadUInt16BigEndian(_rest[1..]),
            _ => BinaryPrimitives.ReadUInt32BigEndian(_rest[1..]),
        };
        return true;
    }

    private bool TryTake(int header, uint length, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (length > _rest.Length - header)
        {
            return false;
        }

        value = _rest.Slice(header, (int)length);
        _rest = _rest[(header + (int)length)..];
        return true;
    }

    private bool TryTakeHeader(int header, uint announced, int bytesPerElement, out int count)
    {
        count = 0;
        if (announced > (uint)(_rest.Length - header) / (uint)bytesPerElement)
        {
            return false;
        }

        count = (int)announced;
        _rest = _rest[header..];
        return true;
    }
}
