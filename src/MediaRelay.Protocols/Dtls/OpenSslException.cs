using System.Runtime.InteropServices;

namespace MediaRelay.Protocols.Dtls;

/// <summary>OpenSSL refused something that depends on no peer: it is missing a feature, or out of memory.</summary>
public sealed class OpenSslException : Exception
{
    public OpenSslException()
    {
    }

    public OpenSslException(string message)
        : base(message)
    {
    }

    public OpenSslException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The oldest entry of this thread's error queue in words; the queue is empty afterwards.</summary>
    internal static string? TakeReason()
    {
        var error = LibCrypto.ERR_get_error();
        LibCrypto.ERR_clear_error();
        return error.Value == 0 ? null : Marshal.PtrToStringUTF8(LibCrypto.ERR_reason_error_string(error));
    }

    internal static void ThrowUnless(bool succeeded, string operation)
    {
        if (!succeeded)
        {
            throw new OpenSslException($"{operation} failed: {TakeReason() ?? "no reason given"}");
        }
    }
}
