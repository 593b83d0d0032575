using MediaRelay.Protocols.Srtp.Ciphers;

namespace MediaRelay.Protocols.Tests.Srtp.Ciphers;

public sealed class CounterCipherTests
{
    // NIST SP 800-38A, F.5.1 CTR-AES128.Encrypt.
    private static readonly byte[] Key = Convert.FromHexString("2b7e151628aed2a6abf7158809cf4f3c");
    private static readonly byte[] Plain = Convert.FromHexString(
        "6bc1bee22e409f96e93d7e117393172a" + "ae2d8a571e03ac9c9eb76fac45af8e51"
        + "30c81c46a35ce411e5fbc1191a0a52ef" + "f69f2445df4f9b17ad2b417be66c3710");

    private static readonly byte[] Ciphertext = Convert.FromHexString(
        "874d6191b620e3261bef6864990db6ce" + "9806f66b7970fdff8617187bb9fffdff"
        + "5ae4df3edbd5d35e5b4f09020db03eab" + "1e031dda2fbe03d1792170a0f3009cee");

    [Fact]
    public void Transform_NistVector_BothImplementationsMatch()
    {
        foreach (var cipher in CreateAll(Key))
        {
            using (cipher)
            {
                var output = new byte[Plain.Length];
                cipher.Transform(0xf0f1_f2f3_f4f5_f6f7, 0xf8f9_fafb_fcfd_feff, Plain, output);
                Assert.Equal(Ciphertext, output);
            }
        }
    }

    [Fact]
    public void Transform_EveryLength_KernelAgreesWithTheLibrary()
    {
        var random = new Random(38);
        using var library = new LibraryCounterCipher(Key);
        using var best = CounterCipher.Create(Key);
        for (var length = 0; length <= 2_100; length++)
        {
            var high = (ulong)random.NextInt64();
            var low = (ulong)random.NextInt64() << 16;
            var plain = new byte[length];
            random.NextBytes(plain);
            var expected = new byte[length];
            library.Transform(high, low, plain, expected);

            var offset = random.Next(1, 70);
            var apart = new byte[offset + length + 40];
            best.Transform(high, low, plain, apart.AsSpan(offset));
            Assert.True(apart.AsSpan(offset, length).SequenceEqual(expected), $"{length} bytes");
            Assert.Equal(-1, apart.AsSpan(0, offset).IndexOfAnyExcept((byte)0));
            Assert.Equal(-1, apart.AsSpan(offset + length).IndexOfAnyExcept((byte)0));

            best.Transform(high, low, plain, plain);
            Assert.True(plain.AsSpan().SequenceEqual(expected), $"{length} bytes in place");
        }
    }

    [Fact]
    public void Transform_AfterDisposalOrTooLong_Throws()
    {
        foreach (var cipher in CreateAll(Key))
        {
            Assert.Throws<ArgumentOutOfRangeException>(() =>
                cipher.Transform(0, 0, new byte[CounterCipher.MaxLength + 1], new byte[CounterCipher.MaxLength + 1]));
            cipher.Dispose();
            cipher.Dispose();
            Assert.Throws<ObjectDisposedException>(() => cipher.Transform(0, 0, new byte[16], new byte[16]));
        }
    }

    private static CounterCipher[] CreateAll(byte[] key) => AesRounds.IsSupported
        ? [new LibraryCounterCipher(key), new CounterKernel(key)]
        : [new LibraryCounterCipher(key)];
}
