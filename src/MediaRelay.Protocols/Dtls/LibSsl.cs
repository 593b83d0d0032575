using System.Runtime.InteropServices;

namespace MediaRelay.Protocols.Dtls;

/// <summary>The functions of OpenSSL 3's libssl that DTLS needs, under their own names.</summary>
internal static unsafe partial class LibSsl
{
    public const int Dtls12 = 0xFEFD;

    public const int ControlSetMtu = 17;
    public const int ControlMode = 33;
    public const int ControlSetSessionCacheMode = 44;
    public const int ControlDtlsGetTimeout = 73;
    public const int ControlDtlsHandleTimeout = 74;
    public const int ControlSetGroupsList = 92;
    public const int ControlSetMinProtocol = 123;
    public const int ControlSetMaxProtocol = 124;

    public const ulong OptionNoQueryMtu = 1UL << 12;
    public const ulong OptionNoTicket = 1UL << 14;
    public const ulong OptionNoCompression = 1UL << 17;
    public const ulong OptionCipherServerPreference = 1UL << 22;
    public const ulong OptionNoRenegotiation = 1UL << 30;

    public const int ModeReleaseBuffers = 0x10;

    public const int VerifyPeer = 1;
    public const int VerifyFailIfNoPeerCertificate = 2;

    public const int ErrorWantRead = 2;
    public const int ErrorWantWrite = 3;
    public const int ErrorZeroReturn = 6;

    private const string Library = "libssl.so.3";

    [LibraryImport(Library)]
    public static partial IntPtr DTLS_method();

    [LibraryImport(Library)]
    public static partial SslContextHandle SSL_CTX_new(IntPtr method);

    [LibraryImport(Library)]
    public static partial void SSL_CTX_free(IntPtr context);

    [LibraryImport(Library)]
    public static partial CLong SSL_CTX_ctrl(SslContextHandle context, int command, CLong number, IntPtr pointer);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_ctrl", StringMarshalling = StringMarshalling.Utf8)]
    public static partial CLong SSL_CTX_ctrl_string(SslContextHandle context, int command, CLong number, string text);

    [LibraryImport(Library)]
    public static partial ulong SSL_CTX_set_options(SslContextHandle context, ulong options);

    [LibraryImport(Library)]
    public static partial int SSL_CTX_use_certificate(SslContextHandle context, CertificateHandle certificate);

    [LibraryImport(Library)]
    public static partial int SSL_CTX_use_PrivateKey(SslContextHandle context, PrivateKeyHandle key);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SSL_CTX_set_cipher_list(SslContextHandle context, string ciphers);

    /// <summary>Returns 0 on success, unlike its siblings.</summary>
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SSL_CTX_set_tlsext_use_srtp(SslContextHandle context, string profiles);

    [LibraryImport(Library)]
    public static partial void SSL_CTX_set_verify(SslContextHandle context, int mode, IntPtr callback);

    [LibraryImport(Library)]
    public static partial void SSL_CTX_set_cert_verify_callback(
        SslContextHandle context, delegate* unmanaged[Cdecl]<IntPtr, IntPtr, int> callback, IntPtr argument);

    [LibraryImport(Library)]
    public static partial SslHandle SSL_new(SslContextHandle context);

    [LibraryImport(Library)]
    public static partial void SSL_free(IntPtr ssl);

    [LibraryImport(Library)]
    public static partial void SSL_set_bio(SslHandle ssl, IntPtr readBio, IntPtr writeBio);

    [LibraryImport(Library)]
    public static partial void SSL_set_accept_state(SslHandle ssl);

    [LibraryImport(Library)]
    public static partial void SSL_set_connect_state(SslHandle ssl);

    [LibraryImport(Library)]
    public static partial int SSL_do_handshake(SslHandle ssl);

    [LibraryImport(Library)]
    public static partial int SSL_read(SslHandle ssl, Span<byte> data, int length);

    [LibraryImport(Library)]
    public static partial int SSL_peek(SslHandle ssl, Span<byte> data, int length);

    [LibraryImport(Library)]
    public static partial int SSL_write(SslHandle ssl, ReadOnlySpan<byte> data, int length);

    [LibraryImport(Library)]
    public static partial int SSL_shutdown(SslHandle ssl);

    [LibraryImport(Library)]
    public static partial int SSL_get_error(SslHandle ssl, int result);

    [LibraryImport(Library)]
    public static partial CLong SSL_ctrl(SslHandle ssl, int command, CLong number, IntPtr pointer);

    [LibraryImport(Library, EntryPoint = "SSL_ctrl")]
    public static partial CLong SSL_ctrl_timeout(SslHandle ssl, int command, CLong number, out TimeValue remaining);

    [LibraryImport(Library)]
    public static partial void DTLS_set_timer_cb(SslHandle ssl, delegate* unmanaged[Cdecl]<IntPtr, uint, uint> callback);

    [LibraryImport(Library)]
    public static partial int SSL_version(SslHandle ssl);

    /// <summary>A SSL_CIPHER that OpenSSL owns, or zero.</summary>
    [LibraryImport(Library)]
    public static partial IntPtr SSL_get_current_cipher(SslHandle ssl);

    [LibraryImport(Library)]
    public static partial ushort SSL_CIPHER_get_protocol_id(IntPtr cipher);

    /// <summary>A SSL_SESSION that OpenSSL owns, or zero.</summary>
    [LibraryImport(Library)]
    public static partial IntPtr SSL_get_session(SslHandle ssl);

    /// <summary>Returns the bytes written.</summary>
    [LibraryImport(Library)]
    public static partial nuint SSL_SESSION_get_master_key(IntPtr session, Span<byte> key, nuint length);

    /// <inheritdoc cref="SSL_SESSION_get_master_key"/>
    [LibraryImport(Library)]
    public static partial nuint SSL_get_client_random(SslHandle ssl, Span<byte> random, nuint length);

    /// <inheritdoc cref="SSL_SESSION_get_master_key"/>
    [LibraryImport(Library)]
    public static partial nuint SSL_get_server_random(SslHandle ssl, Span<byte> random, nuint length);

    [LibraryImport(Library)]
    public static partial int SSL_alloc_buffers(SslHandle ssl);

    [LibraryImport(Library)]
    public static partial int SSL_free_buffers(SslHandle ssl);

    [LibraryImport(Library)]
    public static partial CertificateHandle SSL_get1_peer_certificate(SslHandle ssl);

    /// <summary>A SRTP_PROTECTION_PROFILE that OpenSSL owns, or zero.</summary>
    [LibraryImport(Library)]
    public static partial SrtpProtectionProfile* SSL_get_selected_srtp_profile(SslHandle ssl);

    [LibraryImport(Library)]
    public static partial int SSL_export_keying_material(
        SslHandle ssl,
        Span<byte> output,
        nuint outputLength,
        ReadOnlySpan<byte> label,
        nuint labelLength,
        IntPtr context,
        nuint contextLength,
        int useContext);

    /// <summary>struct timeval.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct TimeValue
    {
        public CLong Seconds;
        public CLong Microseconds;
    }

    /// <summary>struct srtp_protection_profile_st.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct SrtpProtectionProfile
    {
        public IntPtr Name;
        public CULong Id;
    }
}
