using MediaRelay.Protocols.Srtp.Ciphers;

namespace MediaRelay.Protocols.Tests.Srtp.Ciphers;

/// <summary>Every implementation that the processor has, against vectors and against .NET's AesGcm.</summary>
[Collection(AllocationCollection.Name)]
public sealed class GcmCipherTests
{
    private const byte Untouched = 0xA5;

    private static readonly GcmNonce Nonce = new(0x0102_0304_0506_0708, 0x090A_0B0C);

    // By name, because the type is not public.
    public static TheoryData<string> Implementations => [.. GcmCipher.Supported.Select(i => i.ToString())];

    [Theory]
    [MemberData(nameof(Implementations))]
    public void SealAndOpen_NistVectors_Match(string implementation)
    {
        foreach (var vector in NistGcmVectors.All)
        {
            using var cipher = Create(Convert.FromHexString(vector.Key), implementation);
            var nonce = GcmNonce.Read(Convert.FromHexString(vector.Iv));
            var associated = Convert.FromHexString(vector.Associated);
            var plain = Convert.FromHexString(vector.Plain);
            var output = new byte[plain.Length + GcmCipher.TagLength];

            cipher.Seal(nonce, associated, plain, output);
            Assert.True(vector.Ciphertext + vector.Tag == Convert.ToHexStringLower(output), vector.Name);

            Assert.True(cipher.TryOpen(nonce, associated, output, output), vector.Name);
            Assert.True(plain.AsSpan().SequenceEqual(output.AsSpan(0, plain.Length)), vector.Name);
        }
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void SealAndOpen_EveryLength_AgreeWithTheLibrary(string implementation)
    {
        for (var length = 0; length <= 2_000; length++)
        {
            CheckAgainstLibrary(implementation, new Random(length), length, headerLength: 12 + (length % 69));
        }
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void SealAndOpen_EveryHeaderLength_AgreeWithTheLibrary(string implementation)
    {
        for (var length = 0; length <= 400; length++)
        {
            CheckAgainstLibrary(implementation, new Random(length), length: length % 131, headerLength: length);
        }
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void SealAndOpen_CounterPastEightBits_AgreeWithTheLibrary(string implementation)
    {
        // 65,535 bytes, the longest datagram, are 4,096 blocks: the 32-bit counter carries over bytes but never wraps.
        CheckAgainstLibrary(implementation, new Random(7), length: 65_535, headerLength: 12);
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void TryOpen_AnyByteAltered_ReturnsFalse(string implementation)
    {
        var random = new Random(5);
        using var cipher = Create(new byte[16], implementation);
        foreach (var length in (int[])[0, 1, 16, 100, 127, 128, 300])
        {
            var associated = MakeBytes(random, 37);
            var message = new byte[length + GcmCipher.TagLength];
            cipher.Seal(Nonce, associated, MakeBytes(random, length), message);
            var plain = new byte[length];
            for (var i = 0; i < message.Length; i++)
            {
                message[i] ^= 0x80;
                Assert.False(cipher.TryOpen(Nonce, associated, message, plain), $"byte {i} of {message.Length}");
                message[i] ^= 0x80;
            }

            for (var i = 0; i < associated.Length; i++)
            {
                associated[i] ^= 0x01;
                Assert.False(cipher.TryOpen(Nonce, associated, message, plain), $"associated byte {i}, length {length}");
                associated[i] ^= 0x01;
            }

            Assert.False(cipher.TryOpen(Nonce with { Low = 1 }, associated, message, plain));
            Assert.False(cipher.TryOpen(Nonce, associated.AsSpan(1), message, plain));
            Assert.True(cipher.TryOpen(Nonce, associated, message, plain));
        }
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void SealAndOpen_ManyPackets_AllocateNothing(string implementation)
    {
        using var cipher = Create(new byte[16], implementation);
        var header = new byte[20];
        var plain = new byte[1_100];
        var packet = new byte[plain.Length + GcmCipher.TagLength];
        var opened = new byte[plain.Length];
        cipher.Seal(Nonce, header, plain, packet);
        cipher.TryOpen(Nonce, header, packet, opened);

        var isLibrary = implementation == nameof(GcmImplementation.Library);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var results = 0;
        for (var i = 0u; i < 10_000; i++)
        {
            cipher.Seal(Nonce with { Low = i }, header, plain, packet);
            results += cipher.TryOpen(Nonce with { Low = i }, header, packet, opened) ? 1 : 0;

            // .NET's AesGcm has no way but to throw.
            results += !isLibrary && cipher.TryOpen(Nonce, header.AsSpan(1), packet, opened) ? 1 : 0;
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(10_000, results);
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void Seal_AfterDisposal_Throws(string implementation)
    {
        var cipher = Create(new byte[16], implementation);
        cipher.Dispose();
        cipher.Dispose();
        Assert.Throws<ObjectDisposedException>(() => cipher.Seal(Nonce, [], [], new byte[16]));
        Assert.Throws<ObjectDisposedException>(() => cipher.TryOpen(Nonce, [], new byte[16], []));
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void SealAndOpen_BuffersTooShort_Throw(string implementation)
    {
        using var cipher = Create(new byte[16], implementation);
        Assert.ThrowsAny<ArgumentException>(() => cipher.Seal(Nonce, [], new byte[10], new byte[25]));
        Assert.ThrowsAny<ArgumentException>(() => cipher.TryOpen(Nonce, [], new byte[15], []));
        Assert.ThrowsAny<ArgumentException>(() => cipher.TryOpen(Nonce, [], new byte[26], new byte[9]));
    }

    [Fact]
    public void Best_IsTheLastThatIsSupported()
    {
        Assert.Contains(GcmImplementation.Library, GcmCipher.Supported);
        Assert.Equal(GcmCipher.Supported.Max(), GcmCipher.Best);
    }

    private static GcmCipher Create(byte[] key, string implementation) =>
        GcmCipher.Create(key, Enum.Parse<GcmImplementation>(implementation));

    // Apart and in place, at odd addresses, with guards around everything that is written.
    private static void CheckAgainstLibrary(string implementation, Random random, int length, int headerLength)
    {
        var key = MakeBytes(random, 16);
        using var cipher = Create(key, implementation);
        using var library = GcmCipher.Create(key, GcmImplementation.Library);
        var nonce = new GcmNonce((ulong)random.NextInt64(), (uint)random.Next());
        var header = MakeBytes(random, headerLength + 3).AsSpan(3);
        var plain = MakeBytes(random, length + 5).AsSpan(5);
        var sealedLength = length + GcmCipher.TagLength;
        var expected = new byte[sealedLength];
        library.Seal(nonce, header, plain, expected);

        var offset = random.Next(1, 130);
        var apart = MakeGuarded(offset + sealedLength + 80);
        cipher.Seal(nonce, header, plain, apart.AsSpan(offset));
        AssertIsWritten(apart, offset, expected);

        var inPlace = MakeGuarded(offset + sealedLength + 80);
        plain.CopyTo(inPlace.AsSpan(offset));
        cipher.Seal(nonce, header, inPlace.AsSpan(offset, length), inPlace.AsSpan(offset));
        AssertIsWritten(inPlace, offset, expected);

        var opened = MakeGuarded(offset + length + 80);
        Assert.True(cipher.TryOpen(nonce, header, expected, opened.AsSpan(offset)), $"{implementation}, {length} bytes");
        AssertIsWritten(opened, offset, plain);

        var packet = inPlace.AsSpan(offset, sealedLength);
        Assert.True(cipher.TryOpen(nonce, header, packet, packet), $"{implementation}, {length} bytes in place");
        AssertIsWritten(inPlace, offset, [.. plain, .. expected.AsSpan(length)]);
    }

    private static void AssertIsWritten(byte[] guarded, int offset, ReadOnlySpan<byte> expected)
    {
        Assert.True(guarded.AsSpan(offset, expected.Length).SequenceEqual(expected), $"{expected.Length} bytes differ");
        Assert.Equal(-1, guarded.AsSpan(0, offset).IndexOfAnyExcept(Untouched));
        Assert.Equal(-1, guarded.AsSpan(offset + expected.Length).IndexOfAnyExcept(Untouched));
    }

    private static byte[] MakeGuarded(int length)
    {
        var bytes = new byte[length];
        bytes.AsSpan().Fill(Untouched);
        return bytes;
    }

    private static byte[] MakeBytes(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
