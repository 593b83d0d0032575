using System.Runtime.Intrinsics;

namespace MediaRelay.Protocols.Srtp.Ciphers;

/// <summary>
/// GHASH (NIST SP 800-38D §6.4) with one width of carry-less multiplication, and what else depends on the width. Blocks are hashed as
/// numbers (their bytes reversed); a hash passed in or out is one.
/// <para>Powers of the hash key lie in memory from the 9th down to the first, and <c>powersEnd</c> points behind the first: n blocks
/// are multiplied with what lies at <c>powersEnd - 16 n</c>, and added up before they are reduced once. At least 112 readable bytes
/// follow; lanes without a block multiply them with 0.</para>
/// </summary>
/// <typeparam name="TVector">One or more products side by side.</typeparam>
internal unsafe interface IGhash<TVector>
    where TVector : struct
{
    static abstract bool IsSupported { get; }

    /// <summary>Vectors in a group of eight blocks: 8, 4 or 2.</summary>
    static abstract int VectorsPerGroup { get; }

    /// <summary>The hash of data that is not encrypted, filled with zeros to whole blocks.</summary>
    static abstract Vector128<ulong> HashAssociated(byte* data, int length, byte* powersEnd);

    /// <summary>
    /// Adds the products of one vector of a group's ciphertext. The first takes in <paramref name="hash"/>, what came before.
    /// </summary>
    static abstract void Accumulate(
        int index,
        byte* ciphertext,
        byte* powersEnd,
        Vector128<ulong> hash,
        ref TVector low,
        ref TVector middle,
        ref TVector high);

    /// <summary>The hash, from the sum of the products.</summary>
    static abstract Vector128<ulong> Reduce(TVector low, TVector middle, TVector high);

    /// <summary>Encrypts or decrypts a group of eight blocks.</summary>
    static abstract void ApplyKeystream(
        byte* source,
        byte* destination,
        Vector128<byte> k0,
        Vector128<byte> k1,
        Vector128<byte> k2,
        Vector128<byte> k3,
        Vector128<byte> k4,
        Vector128<byte> k5,
        Vector128<byte> k6,
        Vector128<byte> k7);

    /// <summary>Encrypts or decrypts the last 0 to 127 bytes; the hash over these and the block of both lengths.</summary>
    static abstract Vector128<ulong> TransformLast(
        bool isSealing,
        byte* source,
        byte* destination,
        int length,
        byte* powersEnd,
        Vector128<ulong> hash,
        Vector128<ulong> lengths,
        Vector128<byte> k0,
        Vector128<byte> k1,
        Vector128<byte> k2,
        Vector128<byte> k3,
        Vector128<byte> k4,
        Vector128<byte> k5,
        Vector128<byte> k6,
        Vector128<byte> k7);
}
