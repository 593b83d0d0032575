using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MediaRelay.Protocols.Dtls;

/// <summary>Sets up an SSL_CTX as WebRTC needs it (RFC 8827 §6.5): DTLS 1.2, mutual certificates, use_srtp.</summary>
internal static unsafe class DtlsContext
{
    // RFC 8827 §6.5: TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 is a must; RSA is for peers whose certificate is RSA.
    public const string Ciphers =
        "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:"
        + "ECDHE-RSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
        + "ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA";

    // Groups that OpenSSL does not know, such as the post-quantum ones, are skipped in a ClientHello.
    private const string Groups = "X25519:P-256:P-384";

    // Our order counts when we are the server. GCM first: one pass (RFC 7714); counter mode is what everybody has (RFC 5764).
    private const string SrtpProfiles = "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80";

    // No tickets and no renegotiation: a peer connects once. The MTU is set, there is no socket to ask for it.
    private const ulong Options = LibSsl.OptionNoQueryMtu | LibSsl.OptionNoTicket | LibSsl.OptionNoCompression
        | LibSsl.OptionCipherServerPreference | LibSsl.OptionNoRenegotiation;

    /// <param name="certificate">Ours.</param>
    /// <param name="key">Its key.</param>
    /// <param name="ciphers">In OpenSSL's words; as a rule <see cref="Ciphers"/>.</param>
    public static SslContextHandle Create(CertificateHandle certificate, PrivateKeyHandle key, string ciphers)
    {
        LibCrypto.ERR_clear_error();
        var context = LibSsl.SSL_CTX_new(LibSsl.DTLS_method());
        OpenSslException.ThrowUnless(!context.IsInvalid, "SSL_CTX_new");
        OpenSslException.ThrowUnless(
            Control(context, LibSsl.ControlSetMinProtocol, LibSsl.Dtls12) == 1
            && Control(context, LibSsl.ControlSetMaxProtocol, LibSsl.Dtls12) == 1,
            "SSL_CTX_set_min_proto_version");
        OpenSslException.ThrowUnless(
            LibSsl.SSL_CTX_use_certificate(context, certificate) == 1
            && LibSsl.SSL_CTX_use_PrivateKey(context, key) == 1,
            "SSL_CTX_use_certificate");
        OpenSslException.ThrowUnless(LibSsl.SSL_CTX_set_cipher_list(context, ciphers) == 1, "SSL_CTX_set_cipher_list");
        OpenSslException.ThrowUnless(
            LibSsl.SSL_CTX_ctrl_string(context, LibSsl.ControlSetGroupsList, default, Groups).Value == 1,
            "SSL_CTX_set1_groups_list");
        OpenSslException.ThrowUnless(
            LibSsl.SSL_CTX_set_tlsext_use_srtp(context, SrtpProfiles) == 0, "SSL_CTX_set_tlsext_use_srtp");

        LibSsl.SSL_CTX_set_options(context, Options);
        Control(context, LibSsl.ControlMode, LibSsl.ModeReleaseBuffers);
        Control(context, LibSsl.ControlSetSessionCacheMode, 0);
        LibSsl.SSL_CTX_set_verify(context, LibSsl.VerifyPeer | LibSsl.VerifyFailIfNoPeerCertificate, IntPtr.Zero);
        LibSsl.SSL_CTX_set_cert_verify_callback(context, &AcceptCertificate, IntPtr.Zero);
        return context;
    }

    private static nint Control(SslContextHandle context, int command, int number) =>
        LibSsl.SSL_CTX_ctrl(context, command, new CLong(number), IntPtr.Zero).Value;

    // Certificates are self-signed: there is no chain to check. That the peer holds the key is proved by the handshake, that it is
    // the right peer by the fingerprint, which DtlsTransport compares before it reports a connection (RFC 8122 §6.2).
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int AcceptCertificate(IntPtr store, IntPtr argument) => 1;
}
