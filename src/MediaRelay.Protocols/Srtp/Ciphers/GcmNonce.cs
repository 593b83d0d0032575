using System.Buffers.Binary;

namespace MediaRelay.Protocols.Srtp.Ciphers;

/// <summary>
/// The 12 bytes of a GCM initialization vector as two numbers, so that they go from registers into the cipher.
/// </summary>
/// <param name="High">Bytes 0 to 7, big-endian.</param>
/// <param name="Low">Bytes 8 to 11, big-endian.</param>
internal readonly record struct GcmNonce(ulong High, uint Low)
{
    public const int Length = 12;

    /// <summary>Reads exactly 12 bytes.</summary>
    public static GcmNonce Read(ReadOnlySpan<byte> source) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(source), BinaryPrimitives.ReadUInt32BigEndian(source[sizeof(ulong)..]));

    public static GcmNonce operator ^(GcmNonce left, GcmNonce right) => new(left.High ^ right.High, left.Low ^ right.Low);

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, High);
        BinaryPrimitives.WriteUInt32BigEndian(destination[sizeof(ulong)..], Low);
    }
}
