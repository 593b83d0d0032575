using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace MediaRelay.Commerce.Overlays.MessagePack;

/// <summary>
/// Writes MessagePack values (https://github.com/msgpack/msgpack/blob/master/spec.md), each in its shortest form. The
/// caller is responsible for writing as many elements as a header announced.
/// </summary>
public readonly struct MessagePackWriter(IBufferWriter<byte> output)
{
    public void WriteNil() => WriteByte(0xc0);

    public void WriteBoolean(bool value) => WriteByte(value ? (byte)0xc3 : (byte)0xc2);

    public void WriteInteger(long value)
    {
        if (value >= 0)
        {
            WriteInteger((ulong)value);
        }
        else if (value >= -32)
        {
            WriteByte((byte)value);
        }
        else if (value >= sbyte.MinValue)
        {
            WriteWithByte(0xd0, (byte)value);
        }
        else if (value >= short.MinValue)
        {
            WriteWithUInt16(0xd1, (ushort)value);
        }
        else if (value >= int.MinValue)
        {
            WriteWithUInt32(0xd2, (uint)value);
        }
        else
        {
            WriteWithUInt64(0xd3, (ulong)value);
        }
    }

    public void WriteInteger(ulong value)
    {
        if (value <= 0x7f)
        {
            WriteByte((byte)value);
        }
        else if (value <= byte.MaxValue)
        {
            WriteWithByte(0xcc, (byte)value);
        }
        else if (value <= ushort.MaxValue)
        {
            WriteWithUInt16(0xcd, (ushort)value);
        }
        else if (value <= uint.MaxValue)
        {
            WriteWithUInt32(0xce, (uint)value);
        }
        else
        {
            WriteWithUInt64(0xcf, value);
        }
    }

    public void WriteInteger(int value) => WriteInteger((long)value);

    /// <summary>The number, or nil.</summary>
    public void WriteIntegerOrNil(long? value)
    {
        if (value is { } number)
        {
            WriteInteger(number);
        }
        else
        {
            WriteNil();
        }
    }

    public void WriteSingle(float value) => WriteWithUInt32(0xca, BitConverter.SingleToUInt32Bits(value));

    public void WriteDouble(double value) => WriteWithUInt64(0xcb, BitConverter.DoubleToUInt64Bits(value));

    public void WriteString(ReadOnlySpan<char> value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        WriteStringHeader(length);
        if (length > 0)
        {
            var span = output.GetSpan(length);
            output.Advance(Encoding.UTF8.GetBytes(value, span));
        }
    }

    /// <summary>The text, or nil.</summary>
    public void WriteStringOrNil(string? value)
    {
        if (value is null)
        {
            WriteNil();
        }
        else
        {
            WriteString(value);
        }
    }

    /// <summary>A string that is UTF-8 already; not checked.</summary>
    public void WriteUtf8(ReadOnlySpan<byte> value)
    {
        WriteStringHeader(value.Length);
        output.Write(value);
    }

    public void WriteBinary(ReadOnlySpan<byte> value)
    {
        if (value.Length <= byte.MaxValue)
        {
            WriteWithByte(0xc4, (byte)value.Length);
        }
        else if (value.Length <= ushort.MaxValue)
        {
            WriteWithUInt16(0xc5, (ushort)value.Length);
        }
        else
        {
            WriteWithUInt32(0xc6, (uint)value.Length);
        }

        output.Write(value);
    }

    public void WriteArrayHeader(int count)
    {
        if (count <= 15)
        {
            WriteByte((byte)(0x90 | count));
        }
        else if (count <= ushort.MaxValue)
        {
            WriteWithUInt16(0xdc, (ushort)count);
        }
        else
        {
            WriteWithUInt32(0xdd, (uint)count);
        }
    }

    /// <param name="count">Pairs that follow.</param>
    public void WriteMapHeader(int count)
    {
        if (count <= 15)
        {
            WriteByte((byte)(0x80 | count));
        }
        else if (count <= ushort.MaxValue)
        {
            WriteWithUInt16(0xde, (ushort)count);
        }
        else
        {
            WriteWithUInt32(0xdf, (uint)count);
        }
    }

    public void WriteExtension(sbyte type, ReadOnlySpan<byte> value)
    {
        switch (value.Length)
        {
            case 1: WriteByte(0xd4); break;
            case 2: WriteByte(0xd5); break;
            case 4: WriteByte(0xd6); break;
            case 8: WriteByte(0xd7); break;
            case 16: WriteByte(0xd8); break;
            case <= byte.MaxValue: WriteWithByte(0xc7, (byte)value.Length); break;
            case <= ushort.MaxValue: WriteWithUInt16(0xc8, (ushort)value.Length); break;
            default: WriteWithUInt32(0xc9, (uint)value.Length); break;
        }

        WriteByte((byte)type);
        output.Write(value);
    }

    /// <summary>Bytes that are MessagePack already.</summary>
    public void WriteRaw(ReadOnlySpan<byte> encoded) => output.Write(encoded);

    private void WriteStringHeader(int length)
    {
        if (length <= 31)
        {
            WriteByte((byte)(0xa0 | length));
        }
        else if (length <= byte.MaxValue)
        {
            WriteWithByte(0xd9, (byte)length);
        }
        else if (length <= ushort.MaxValue)
        {
            WriteWithUInt16(0xda, (ushort)length);
        }
        else
        {
            WriteWithUInt32(0xdb, (uint)length);
        }
    }

    private void WriteByte(byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    private void WriteWithByte(byte code, byte value)
    {
        var span = output.GetSpan(2);
        span[0] = code;
        span[1] = value;
        output.Advance(2);
    }

    private void WriteWithUInt16(byte code, ushort value)
    {
        var span = output.GetSpan(3);
        span[0] = code;
        BinaryPrimitives.WriteUInt16BigEndian(span[1..], value);
        output.Advance(3);
    }

    private void WriteWithUInt32(byte code, uint value)
    {
        var span = output.GetSpan(5);
        span[0] = code;
        BinaryPrimitives.WriteUInt32BigEndian(span[1..], value);
        output.Advance(5);
    }

    private void WriteWithUInt64(byte code, ulong value)
    {
        var span = output.GetSpan(9);
        span[0] = code;
        BinaryPrimitives.WriteUInt64BigEndian(span[1..], value);
        output.Advance(9);
    }
}
