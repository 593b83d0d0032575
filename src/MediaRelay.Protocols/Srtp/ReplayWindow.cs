namespace MediaRelay.Protocols.Srtp;

/// <summary>
/// Which packet indices were received among the last so many (RFC 3711 §3.3.2). A ring of bits: advancing clears what it passes,
/// nothing is shifted.
/// </summary>
internal sealed class ReplayWindow
{
    private readonly ulong[] _bits;
    private long _highest = -1;

    /// <param name="size">Indices that are remembered: a power of two, at least 64 (RFC 3711 §3.3.2).</param>
    public ReplayWindow(int size)
    {
        if (size < 64 || (size & (size - 1)) != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(size), size, "a power of two of at least 64");
        }

        _bits = new ulong[size / 64];
    }

    private int Size => _bits.Length * 64;

    /// <summary>False when the index was received already, or is too old to tell.</summary>
    public bool IsNew(long index) => index > _highest || (index > _highest - Size && (Word(index) & Bit(index)) == 0);

    /// <summary>Notes a packet that is new and authentic.</summary>
    public void Mark(long index)
    {
        if (index > _highest)
        {
            Advance(index);
        }

        Word(index) |= Bit(index);
    }

    private void Advance(long index)
    {
        if (index - _highest >= Size)
        {
            Array.Clear(_bits);
        }
        else
        {
            for (var passed = _highest + 1; passed <= index; passed++)
            {
                Word(passed) &= ~Bit(passed);
            }
        }

        _highest = index;
    }

    private ref ulong Word(long index) => ref _bits[(int)((ulong)index / 64 % (ulong)_bits.Length)];

    private static ulong Bit(long index) => 1UL << (int)(index & 63);
}
