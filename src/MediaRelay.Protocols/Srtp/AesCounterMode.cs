using System.Buffers.Binary;
using MediaRelay.Protocols.Srtp.Ciphers;

namespace MediaRelay.Protocols.Srtp;

/// <summary>AES in counter mode as SRTP defines it (RFC 3711 §4.1.1): which counter block a packet begins with.</summary>
internal sealed class AesCounterMode(ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt) : IDisposable
{
    private readonly CounterCipher _cipher = CounterCipher.Create(key);

    // The 14 bytes of salt above the 16 bits that count blocks.
    private readonly ulong _saltHigh = BinaryPrimitives.ReadUInt64BigEndian(salt);
    private readonly ulong _saltLow = BinaryPrimitives.ReadUInt64BigEndian(salt[6..]) << 16;

    /// <summary>Combines <paramref name="source"/> with the keystream of (SSRC, index); source and destination are the same or apart.</summary>
    public void Transform(uint ssrc, long index, ReadOnlySpan<byte> source, Span<byte> destination) =>

        // IV = (salt · 2^16) xor (SSRC · 2^64) xor (index · 2^16).
        _cipher.Transform(_saltHigh ^ ssrc, _saltLow ^ ((ulong)index << 16), source, destination);

    public void Dispose() => _cipher.Dispose();
}
