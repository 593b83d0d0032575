using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace MediaRelay.Protocols.Dtls;

/// <summary>
/// A self-signed ECDSA P-256 certificate and its key, with the OpenSSL contexts made of them. One per process is shared by all peers;
/// it is disposed after the last <see cref="DtlsTransport"/> that uses it. Any thread may use it.
/// </summary>
public sealed class DtlsCertificate : IDisposable
{
    private const int SecondsPerDay = 86_400;
    private const int ValidityDays = 90;

    private readonly PrivateKeyHandle _key;
    private readonly CertificateHandle _certificate;
    private readonly Lazy<SslContextHandle> _clientContext;
    private readonly Lazy<SslContextHandle> _serverContext;

    private DtlsCertificate(PrivateKeyHandle key, CertificateHandle certificate, string ciphers)
    {
        _key = key;
        _certificate = certificate;
        Fingerprint = ComputeFingerprint(certificate, "sha-256")!.Value;
        _clientContext = new Lazy<SslContextHandle>(() => DtlsContext.Create(_certificate, _key, ciphers));
        _serverContext = new Lazy<SslContextHandle>(() => DtlsContext.Create(_certificate, _key, ciphers));
    }

    /// <summary>The sha-256 fingerprint to announce in SDP.</summary>
    public Fingerprint Fingerprint { get; }

    /// <summary>Makes a new key and certificate: random name, valid from yesterday, so that a peer's clock may be a little behind.</summary>
    /// <exception cref="OpenSslException">OpenSSL 3 is there but could not do it.</exception>
    public static DtlsCertificate Create() => Create(DtlsContext.Ciphers);

    /// <summary>The same for a peer that has only some ciphers.</summary>
    internal static DtlsCertificate Create(string ciphers)
    {
        LibCrypto.ERR_clear_error();
        var key = GenerateKey();
        var certificate = LibCrypto.X509_new();
        OpenSslException.ThrowUnless(!certificate.IsInvalid, "X509_new");

        Span<byte> random = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(random);
        var serial = BinaryPrimitives.ReadUInt64BigEndian(random) >> 1;
        OpenSslException.ThrowUnless(
            LibCrypto.X509_set_version(certificate, new CLong(2)) == 1
            && LibCrypto.ASN1_INTEGER_set_uint64(LibCrypto.X509_get_serialNumber(certificate), serial) == 1,
            "X509_set_version");

        var yesterday = LibCrypto.X509_gmtime_adj(LibCrypto.X509_getm_notBefore(certificate), new CLong(-SecondsPerDay));
        var end = LibCrypto.X509_gmtime_adj(
            LibCrypto.X509_getm_notAfter(certificate), new CLong(ValidityDays * SecondsPerDay));
        OpenSslException.ThrowUnless(yesterday != IntPtr.Zero && end != IntPtr.Zero, "X509_gmtime_adj");

        // A random name says nothing about the server (RFC 8827 §6.5 asks for no more of it).
        var name = LibCrypto.X509_get_subject_name(certificate);
        var commonName = RandomNumberGenerator.GetHexString(16);
        OpenSslException.ThrowUnless(
            LibCrypto.X509_NAME_add_entry_by_txt(name, "CN", LibCrypto.AsciiString, commonName, -1, -1, 0) == 1
            && LibCrypto.X509_set_issuer_name(certificate, name) == 1
            && LibCrypto.X509_set_pubkey(certificate, key) == 1
            && LibCrypto.X509_sign(certificate, key, LibCrypto.EVP_get_digestbyname("sha256")) > 0,
            "X509_sign");
        return new DtlsCertificate(key, certificate, ciphers);
    }

    public void Dispose()
    {
        DisposeContext(_clientContext);
        DisposeContext(_serverContext);
        _certificate.Dispose();
        _key.Dispose();
    }

    internal SslContextHandle GetContext(DtlsRole role) =>
        role == DtlsRole.Client ? _clientContext.Value : _serverContext.Value;

    /// <summary>Our own hash by another algorithm than the announced one.</summary>
    internal Fingerprint ComputeOwn(string algorithm) => ComputeFingerprint(_certificate, algorithm)
        ?? throw new ArgumentException("OpenSSL has no such hash.", nameof(algorithm));

    /// <summary>The certificate's hash by an SDP algorithm name (RFC 8122 §5); null when OpenSSL has no such algorithm.</summary>
    internal static Fingerprint? ComputeFingerprint(CertificateHandle certificate, string algorithm)
    {
        var digest = LibCrypto.EVP_get_digestbyname(algorithm.Replace("-", "", StringComparison.Ordinal));
        Span<byte> hash = stackalloc byte[LibCrypto.MaxDigestLength];
        if (digest == IntPtr.Zero || LibCrypto.X509_digest(certificate, digest, hash, out var length) != 1)
        {
            LibCrypto.ERR_clear_error();
            return null;
        }

        return Fingerprint.FromHash(algorithm, hash[..(int)length]);
    }

    private static PrivateKeyHandle GenerateKey()
    {
        var context = LibCrypto.EVP_PKEY_CTX_new_id(LibCrypto.EvpPkeyEc, IntPtr.Zero);
        OpenSslException.ThrowUnless(context != IntPtr.Zero, "EVP_PKEY_CTX_new_id");
        try
        {
            OpenSslException.ThrowUnless(
                LibCrypto.EVP_PKEY_keygen_init(context) == 1
                && LibCrypto.EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, LibCrypto.NidP256) == 1,
                "EVP_PKEY_keygen_init");
            OpenSslException.ThrowUnless(LibCrypto.EVP_PKEY_generate(context, out var key) == 1, "EVP_PKEY_generate");
            return key;
        }
        finally
        {
            LibCrypto.EVP_PKEY_CTX_free(context);
        }
    }

    private static void DisposeContext(Lazy<SslContextHandle> context)
    {
        if (context.IsValueCreated)
        {
            context.Value.Dispose();
        }
    }
}
