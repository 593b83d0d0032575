using System.Security.Cryptography;

namespace MediaRelay.Protocols.Srtp.Ciphers;

/// <summary>.NET's AesGcm, for processors without the kernel's instructions, and to test the kernel against.</summary>
internal sealed class LibraryGcmCipher(ReadOnlySpan<byte> key) : GcmCipher
{
    private readonly AesGcm _cipher = new(key, TagLength);

    public override void Seal(
        GcmNonce nonce, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> plain, Span<byte> destination)
    {
        Span<byte> bytes = stackalloc byte[GcmNonce.Length];
        nonce.Write(bytes);
        _cipher.Encrypt(bytes, plain, destination[..plain.Length], destination.Slice(plain.Length, TagLength), associated);
    }

    public override bool TryOpen(
        GcmNonce nonce, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> source, Span<byte> plain)
    {
        Span<byte> bytes = stackalloc byte[GcmNonce.Length];
        nonce.Write(bytes);
        var length = source.Length - TagLength;
        try
        {
            _cipher.Decrypt(bytes, source[..length], source[length..], plain[..length], associated);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            // AesGcm has no form that reports a forged tag without throwing; the caller has made every free check before.
            return false;
        }
    }

    public override void Dispose() => _cipher.Dispose();
}
