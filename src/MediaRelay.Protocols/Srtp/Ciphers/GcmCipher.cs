using System.Runtime.Intrinsics;

namespace MediaRelay.Protocols.Srtp.Ciphers;

/// <summary>
/// AES-128-GCM with tags of 16 bytes under one key (NIST SP 800-38D). Nothing is allocated per packet, unless
/// <see cref="GcmImplementation.Library"/> finds a forged tag. One thread at a time.
/// </summary>
internal abstract class GcmCipher : IDisposable
{
    public const int TagLength = 16;

    /// <summary>The fastest implementation that this processor has.</summary>
    public static GcmImplementation Best { get; } = Supported[^1];

    /// <summary>All implementations that this processor has, the fastest last.</summary>
    public static IReadOnlyList<GcmImplementation> Supported =>
        [.. Enum.GetValues<GcmImplementation>().Where(IsSupported)];

    /// <summary>Where the key's state lies and in how many cache lines, to be fetched ahead; (0, 0) when that is not known.</summary>
    public virtual (nint Address, int Lines) Keys => default;

    /// <param name="key">16 bytes; copied.</param>
    /// <param name="implementation"><see cref="Best"/>, unless implementations are compared.</param>
    /// <exception cref="PlatformNotSupportedException">The processor lacks the instructions.</exception>
    public static GcmCipher Create(ReadOnlySpan<byte> key, GcmImplementation implementation)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, AesRounds.KeyLength, nameof(key));
        if (!IsSupported(implementation))
        {
            throw new PlatformNotSupportedException($"This processor has no {implementation}.");
        }

        return implementation switch
        {
            GcmImplementation.Kernel512 => new GcmKernel<Ghash512, Vector512<ulong>>(key),
            GcmImplementation.Kernel256 => new GcmKernel<Ghash256, Vector256<ulong>>(key),
            GcmImplementation.Kernel128 => new GcmKernel<Ghash128, Vector128<ulong>>(key),
            _ => new LibraryGcmCipher(key),
        };
    }

    /// <summary>Writes ciphertext and tag. <paramref name="plain"/> may be memory that other threads read.</summary>
    /// <param name="nonce">Never the same twice for different packets.</param>
    /// <param name="associated">Authenticated only.</param>
    /// <param name="plain">Lies apart from <paramref name="destination"/>, or at its beginning.</param>
    /// <param name="destination">At least <paramref name="plain"/> and <see cref="TagLength"/>; nothing behind these is touched.</param>
    public abstract void Seal(
        GcmNonce nonce, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> plain, Span<byte> destination);

    /// <summary>
    /// Decrypts; false when the tag is wrong, and <paramref name="plain"/> is then undefined. How long it takes does not depend on
    /// where the tag differs.
    /// </summary>
    /// <param name="nonce">What it was sealed with.</param>
    /// <param name="associated">What it was sealed with.</param>
    /// <param name="source">Ciphertext and tag: at least <see cref="TagLength"/> bytes.</param>
    /// <param name="plain">At least the ciphertext's length; lies apart from it, or at its beginning.</param>
    public abstract bool TryOpen(
        GcmNonce nonce, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> source, Span<byte> plain);

    /// <summary>Wipes the key.</summary>
    public abstract void Dispose();

    private static bool IsSupported(GcmImplementation implementation) => implementation switch
    {
        GcmImplementation.Kernel512 => AesRounds.IsSupported && Ghash512.IsSupported,
        GcmImplementation.Kernel256 => AesRounds.IsSupported && Ghash256.IsSupported,
        GcmImplementation.Kernel128 => AesRounds.IsSupported && Ghash128.IsSupported,
        _ => true,
    };
}
