using System.Numerics;

namespace MediaRelay.Client.Sources;

/// <summary>Writes the bits of one NAL unit (ITU-T H.264 §7.3.1, §9.1) and then the unit with its start code.</summary>
internal sealed class H264BitWriter
{
    private readonly List<byte> _payload = [];
    private int _current;
    private int _bits;

    public void WriteBits(uint value, int count)
    {
        for (var i = count - 1; i >= 0; i--)
        {
            _current = (_current << 1) | (int)((value >> i) & 1);
            if (++_bits == 8)
            {
                _payload.Add((byte)_current);
                _current = 0;
                _bits = 0;
            }
        }
    }

    public void WriteFlag(bool value) => WriteBits(value ? 1u : 0u, 1);

    /// <summary>ue(v): as many zeros as the value plus one has bits after its first, then these bits.</summary>
    public void WriteUnsigned(uint value)
    {
        var length = BitOperations.Log2(value + 1);
        WriteBits(0, length);
        WriteBits(value + 1, length + 1);
    }

    /// <summary>se(v): 0, 1, −1, 2, −2 … as ue(v).</summary>
    public void WriteSigned(int value) => WriteUnsigned(value > 0 ? (uint)((2 * value) - 1) : (uint)(-2 * value));

    /// <summary>Fills up with zeros to a whole byte (pcm_alignment_zero_bit).</summary>
    public void Align() => WriteBits(0, (8 - _bits) % 8);

    /// <summary>rbsp_trailing_bits, then start code, header and payload with emulation prevention (§7.4.1).</summary>
    public byte[] ToNalUnit(byte header)
    {
        WriteBits(1, 1);
        Align();
        List<byte> unit = [0, 0, 0, 1, header];
        var zeros = 0;
        foreach (var value in _payload)
        {
            if (zeros == 2 && value <= 3)
            {
                unit.Add(3);
                zeros = 0;
            }

            unit.Add(value);
            zeros = value == 0 ? zeros + 1 : 0;
        }

        return [.. unit];
    }
}
