using System.Runtime.InteropServices;

namespace MediaRelay.Protocols.Dtls;

/// <summary>The functions of OpenSSL 3's libcrypto that DTLS needs, under their own names.</summary>
internal static partial class LibCrypto
{
    public const int EvpPkeyEc = 408;
    public const int NidP256 = 415;
    public const int MaxDigestLength = 64;
    public const int AsciiString = 0x1000 | 1;
    public const int BioControlInfo = 3;
    public const int BioControlPending = 10;
    public const int BioSetEofReturn = 130;

    private const string Library = "libcrypto.so.3";

    [LibraryImport(Library)]
    public static partial IntPtr EVP_PKEY_CTX_new_id(int id, IntPtr engine);

    [LibraryImport(Library)]
    public static partial void EVP_PKEY_CTX_free(IntPtr context);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_keygen_init(IntPtr context);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_CTX_set_ec_paramgen_curve_nid(IntPtr context, int nid);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_generate(IntPtr context, out PrivateKeyHandle key);

    [LibraryImport(Library)]
    public static partial void EVP_PKEY_free(IntPtr key);

    [LibraryImport(Library)]
    public static partial CertificateHandle X509_new();

    [LibraryImport(Library)]
    public static partial void X509_free(IntPtr certificate);

    [LibraryImport(Library)]
    public static partial int X509_set_version(CertificateHandle certificate, CLong version);

    [LibraryImport(Library)]
    public static partial IntPtr X509_get_serialNumber(CertificateHandle certificate);

    [LibraryImport(Library)]
    public static partial int ASN1_INTEGER_set_uint64(IntPtr integer, ulong value);

    [LibraryImport(Library)]
    public static partial IntPtr X509_getm_notBefore(CertificateHandle certificate);

    [LibraryImport(Library)]
    public static partial IntPtr X509_getm_notAfter(CertificateHandle certificate);

    [LibraryImport(Library)]
    public static partial IntPtr X509_gmtime_adj(IntPtr time, CLong seconds);

    [LibraryImport(Library)]
    public static partial IntPtr X509_get_subject_name(CertificateHandle certificate);

    [LibraryImport(Library)]
    public static partial int X509_set_issuer_name(CertificateHandle certificate, IntPtr name);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int X509_NAME_add_entry_by_txt(
        IntPtr name, string field, int type, string value, int length, int location, int set);

    [LibraryImport(Library)]
    public static partial int X509_set_pubkey(CertificateHandle certificate, PrivateKeyHandle key);

    [LibraryImport(Library)]
    public static partial int X509_sign(CertificateHandle certificate, PrivateKeyHandle key, IntPtr digest);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial IntPtr EVP_get_digestbyname(string name);

    [LibraryImport(Library)]
    public static partial int X509_digest(CertificateHandle certificate, IntPtr digest, Span<byte> hash, out uint length);

    [LibraryImport(Library)]
    public static partial IntPtr BIO_s_mem();

    [LibraryImport(Library)]
    public static partial IntPtr BIO_new(IntPtr method);

    [LibraryImport(Library)]
    public static partial int BIO_write(IntPtr bio, ReadOnlySpan<byte> data, int length);

    [LibraryImport(Library)]
    public static partial int BIO_read(IntPtr bio, Span<byte> data, int length);

    [LibraryImport(Library)]
    public static partial CLong BIO_ctrl(IntPtr bio, int command, CLong number, IntPtr pointer);

    [LibraryImport(Library, EntryPoint = "BIO_ctrl")]
    public static partial CLong BIO_get_mem_data(IntPtr bio, int command, CLong number, out IntPtr data);

    [LibraryImport(Library)]
    public static partial void ERR_clear_error();

    [LibraryImport(Library)]
    public static partial CULong ERR_get_error();

    [LibraryImport(Library)]
    public static partial IntPtr ERR_reason_error_string(CULong error);
}
