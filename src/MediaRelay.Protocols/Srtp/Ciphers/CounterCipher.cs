namespace MediaRelay.Protocols.Srtp.Ciphers;

/// <summary>
/// AES-128 in counter mode (NIST SP 800-38A §6.5) under one key, with SRTP's 16-bit block counter in a block that is otherwise given
/// (RFC 3711 §4.1.1). Nothing is allocated per packet. One thread at a time.
/// </summary>
internal abstract class CounterCipher : IDisposable
{
    /// <summary>The keystream of one initial counter block: 2¹⁶ blocks (RFC 3711 §4.1.1).</summary>
    public const int MaxLength = AesRounds.BlockLength << 16;

    /// <summary>The fastest that this processor has: on AES-NI, or .NET's.</summary>
    /// <param name="key">16 bytes; copied.</param>
    public static CounterCipher Create(ReadOnlySpan<byte> key) =>
        AesRounds.IsSupported ? new CounterKernel(key) : new LibraryCounterCipher(key);

    /// <summary>Combines data with the keystream that begins at a counter block.</summary>
    /// <param name="high">Bytes 0 to 7 of the block, big-endian.</param>
    /// <param name="low">Bytes 8 to 15. The lowest 16 bits count the blocks; for SRTP they begin with 0, and they must not wrap.</param>
    /// <param name="source">At most <see cref="MaxLength"/> bytes.</param>
    /// <param name="destination">At least as long; the same memory, or apart.</param>
    public abstract void Transform(ulong high, ulong low, ReadOnlySpan<byte> source, Span<byte> destination);

    /// <summary>Wipes the key.</summary>
    public abstract void Dispose();
}
