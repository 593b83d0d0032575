using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Security.Cryptography;

namespace MediaRelay.Protocols.Srtp.Ciphers;

/// <summary>
/// Counter mode with .NET's Aes, for processors without AES-NI, and to test the kernel against. .NET has no counter mode, so a packet's
/// counter blocks are encrypted in one call and the result is combined with the data.
/// </summary>
[SuppressMessage("Security", "CA5358", Justification = "ECB over counter blocks is counter mode")]
internal sealed class LibraryCounterCipher : CounterCipher
{
    private const int BlockLength = AesRounds.BlockLength;

    // A whole packet at a time; longer data goes in several rounds.
    private const int ScratchLength = 2048;

    // Per thread, not per context: the content lives for one call, and a viewer has four of these objects.
    [ThreadStatic]
    private static byte[]? _counterScratch;

    [ThreadStatic]
    private static byte[]? _keystreamScratch;

    private readonly ICryptoTransform _encryptor;

    /// <param name="key">16 bytes; copied.</param>
    public LibraryCounterCipher(ReadOnlySpan<byte> key)
    {
        using var aes = Aes.Create();
        aes.Mode = CipherMode.ECB;
        aes.Padding = PaddingMode.None;
        aes.SetKey(key);
        _encryptor = aes.CreateEncryptor();
    }

    public override void Transform(ulong high, ulong low, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(source.Length, MaxLength, nameof(source));
        var counters = _counterScratch ??= new byte[ScratchLength];
        var keystream = _keystreamScratch ??= new byte[ScratchLength];
        for (var done = 0; done < source.Length; done += ScratchLength)
        {
            var length = Math.Min(ScratchLength, source.Length - done);
            var blocks = (length + BlockLength - 1) / BlockLength;
            for (var i = 0; i < blocks; i++)
            {
                var counter = counters.AsSpan(i * BlockLength);
                BinaryPrimitives.WriteUInt64BigEndian(counter, high);
                BinaryPrimitives.WriteUInt64BigEndian(counter[8..], low + (ulong)((done / BlockLength) + i));
            }

            _encryptor.TransformBlock(counters, 0, blocks * BlockLength, keystream, 0);
            Xor(source.Slice(done, length), keystream, destination[done..]);
        }
    }

    public override void Dispose() => _encryptor.Dispose();

    private static void Xor(ReadOnlySpan<byte> source, ReadOnlySpan<byte> keystream, Span<byte> destination)
    {
        var i = 0;
        for (; i <= source.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            (new Vector<byte>(source[i..]) ^ new Vector<byte>(keystream[i..])).CopyTo(destination[i..]);
        }

        for (; i < source.Length; i++)
        {
            destination[i] = (byte)(source[i] ^ keystream[i]);
        }
    }
}
