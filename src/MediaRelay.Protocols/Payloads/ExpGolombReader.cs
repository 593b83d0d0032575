namespace MediaRelay.Protocols.Payloads;

/// <summary>
/// Reads bits of a NAL unit, leaving out the emulation prevention bytes (ITU-T H.264 §7.4.1: 00 00 03). Past the end
/// every bit is 0 and <see cref="IsPastEnd"/> says so.
/// </summary>
internal ref struct ExpGolombReader
{
    private readonly ReadOnlySpan<byte> _data;
    private int _position;
    private int _zeros;
    private int _bitsLeft;
    private byte _current;

    public ExpGolombReader(ReadOnlySpan<byte> data) => _data = data;

    public bool IsPastEnd { get; private set; }

    public bool ReadFlag() => ReadBit() != 0;

    /// <summary>u(n), 0 ≤ <paramref name="count"/> ≤ 32.</summary>
    public uint ReadBits(int count)
    {
        var value = 0u;
        for (var i = 0; i < count; i++)
        {
            value = (value << 1) | ReadBit();
        }

        return value;
    }

    /// <summary>ue(v) (§9.1).</summary>
    public uint ReadUnsigned()
    {
        var zeros = 0;
        while (ReadBit() == 0)
        {
            // 32 zeros are more than any value that the standard allows; at the end of the data they never stop.
            if (++zeros == 32 || IsPastEnd)
            {
                IsPastEnd = true;
                return 0;
            }
        }

        return (1u << zeros) - 1 + ReadBits(zeros);
    }

    /// <summary>se(v) (§9.1.1).</summary>
    public int ReadSigned()
    {
        var code = ReadUnsigned();
        return (code & 1) != 0 ? (int)((code >> 1) + 1) : -(int)(code >> 1);
    }

    private uint ReadBit()
    {
        if (_bitsLeft == 0 && !TryLoad())
        {
            IsPastEnd = true;
            return 0;
        }

        _bitsLeft--;
        return (uint)(_current >> _bitsLeft) & 1;
    }

    private bool TryLoad()
    {
        if (_zeros >= 2 && _position < _data.Length && _data[_position] == 3)
        {
            _position++;
            _zeros = 0;
        }

        if (_position >= _data.Length)
        {
            return false;
        }

        _current = _data[_position++];
        _zeros = _current == 0 ? _zeros + 1 : 0;
        _bitsLeft = 8;
        return true;
    }
}
