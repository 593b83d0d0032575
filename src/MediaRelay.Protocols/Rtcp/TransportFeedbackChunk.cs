using System.Numerics;

namespace MediaRelay.Protocols.Rtcp;

/// <summary>
/// Packet status chunks of 16 bits (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1.3 and §3.1.4).
/// <code>
/// |0| S (2) |      run length (13)    |   one symbol, repeated
/// |1|0|       14 symbols of one bit   |   not received, small delta
/// |1|1|       7 symbols of two bits   |
/// </code>
/// </summary>
internal static class TransportFeedbackChunk
{
    public const int Length = 2;

    private const int OneBitSymbols = 14;
    private const int TwoBitSymbols = 7;
    private const int MaxRunLength = 0x1FFF;
    private const int VectorBit = 0x8000;
    private const int TwoBitBit = 0x4000;

    /// <summary>
    /// Symbols that the chunk has room for; in the last chunk of a message fewer count. A run may be empty.
    /// </summary>
    public static int GetCount(ushort chunk)
    {
        if (!IsVector(chunk))
        {
            return chunk & MaxRunLength;
        }

        return IsTwoBit(chunk) ? TwoBitSymbols : OneBitSymbols;
    }

    /// <summary>Symbol <paramref name="index"/>, below <see cref="GetCount"/>.</summary>
    public static TransportFeedbackSymbol GetSymbol(ushort chunk, int index)
    {
        if (!IsVector(chunk))
        {
            return (TransportFeedbackSymbol)((chunk >> 13) & 3);
        }

        return IsTwoBit(chunk)
            ? (TransportFeedbackSymbol)((chunk >> (12 - (index * 2))) & 3)
            : (TransportFeedbackSymbol)((chunk >> (13 - index)) & 1);
    }

    /// <summary>
    /// Bytes of receive deltas that the first <paramref name="count"/> symbols stand for; false when one is reserved.
    /// </summary>
    public static bool TryGetDeltasLength(ushort chunk, int count, out int length)
    {
        length = 0;
        if (IsVector(chunk) && !IsTwoBit(chunk))
        {
            length = BitOperations.PopCount((uint)(chunk & 0x3FFF) >> (OneBitSymbols - count));
            return true;
        }

        var symbols = IsVector(chunk) ? count : 1;
        for (var i = 0; i < symbols; i++)
        {
            var symbol = GetSymbol(chunk, i);
            if (symbol == TransportFeedbackSymbol.Reserved)
            {
                return false;
            }

            length += (int)symbol;
        }

        length *= IsVector(chunk) ? 1 : count;
        return true;
    }

    /// <summary>
    /// The chunk that holds most of the symbols' beginning; <paramref name="count"/> of them are in it. A vector that
    /// the symbols do not fill ends with "not received".
    /// </summary>
    public static ushort Make(ReadOnlySpan<TransportFeedbackSymbol> symbols, out int count)
    {
        var first = symbols[0];
        var run = symbols.IndexOfAnyExcept(first);
        run = Math.Min(run < 0 ? symbols.Length : run, MaxRunLength);

        var vector = symbols[..Math.Min(symbols.Length, OneBitSymbols)];
        var large = vector.IndexOf(TransportFeedbackSymbol.LargeOrNegativeDelta);
        var isTwoBit = large >= 0;
        var vectorLength = isTwoBit ? Math.Min(symbols.Length, TwoBitSymbols) : vector.Length;
        if (run >= vectorLength)
        {
            count = run;
            return (ushort)(((int)first << 13) | run);
        }

        count = vectorLength;
        var chunk = isTwoBit ? VectorBit | TwoBitBit : VectorBit;
        for (var i = 0; i < count; i++)
        {
            chunk |= (int)symbols[i] << (isTwoBit ? 12 - (i * 2) : 13 - i);
        }

        return (ushort)chunk;
    }

    private static bool IsVector(ushort chunk) => (chunk & VectorBit) != 0;

    private static bool IsTwoBit(ushort chunk) => (chunk & TwoBitBit) != 0;
}
