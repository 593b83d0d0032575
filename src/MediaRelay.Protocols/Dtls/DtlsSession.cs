using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MediaRelay.Protocols.Srtp;

namespace MediaRelay.Protocols.Dtls;

/// <summary>
/// One OpenSSL connection between two memory BIOs: each call of OpenSSL with what surrounds it. What the results mean for the peer is
/// <see cref="DtlsTransport"/>'s matter.
/// </summary>
internal sealed unsafe class DtlsSession : IDisposable
{
    private const int MaxDatagramLength = 1200;

    // libwebrtc's first interval. Each is double the one before, at most 3 s, and OpenSSL gives up after 12: that takes about 20 s.
    private const uint FirstTimeoutMicroseconds = 50_000;
    private const uint LongestTimeoutMicroseconds = 3_000_000;

    private const int MasterSecretLength = 48;
    private const int RandomLength = 32;

    // TLS_ECDHE_ECDSA_ and TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 (RFC 5289 §3.2).
    private const ushort EcdsaAes128Gcm = 0xC02B;
    private const ushort RsaAes128Gcm = 0xC02F;

    private static readonly IntPtr MemoryBioMethod = LibCrypto.BIO_s_mem();

    private readonly SslHandle _ssl;

    // Owned by _ssl; valid until Dispose.
    private readonly IntPtr _incoming;
    private readonly IntPtr _outgoing;

    private bool _hasUnread;

    public DtlsSession(DtlsCertificate certificate, DtlsRole role)
    {
        LibCrypto.ERR_clear_error();
        _ssl = LibSsl.SSL_new(certificate.GetContext(role));
        OpenSslException.ThrowUnless(!_ssl.IsInvalid, "SSL_new");
        _incoming = LibCrypto.BIO_new(MemoryBioMethod);
        _outgoing = LibCrypto.BIO_new(MemoryBioMethod);
        LibSsl.SSL_set_bio(_ssl, _incoming, _outgoing);
        OpenSslException.ThrowUnless(_incoming != IntPtr.Zero && _outgoing != IntPtr.Zero, "BIO_new");

        // An empty BIO means "nothing yet", not "end of file".
        LibCrypto.BIO_ctrl(_incoming, LibCrypto.BioSetEofReturn, new CLong(-1), IntPtr.Zero);
        LibSsl.SSL_ctrl(_ssl, LibSsl.ControlSetMtu, new CLong(MaxDatagramLength), IntPtr.Zero);
        LibSsl.DTLS_set_timer_cb(_ssl, &NextTimerInterval);
        if (role == DtlsRole.Client)
        {
            LibSsl.SSL_set_connect_state(_ssl);
        }
        else
        {
            LibSsl.SSL_set_accept_state(_ssl);
        }
    }

    /// <summary>What <see cref="TakeDatagram"/> has given so far.</summary>
    public WrittenRecords Written { get; } = new();

    /// <summary>Bytes fed that OpenSSL has not read yet.</summary>
    public int PendingInput => (int)LibCrypto.BIO_ctrl(_incoming, LibCrypto.BioControlPending, default, IntPtr.Zero).Value;

    /// <summary>What is left of the retransmission timer by OpenSSL's own clock; null when it does not run.</summary>
    public TimeSpan? RemainingTimeout =>
        LibSsl.SSL_ctrl_timeout(_ssl, LibSsl.ControlDtlsGetTimeout, default, out var remaining).Value == 1
            ? TimeSpan.FromSeconds(remaining.Seconds.Value) + TimeSpan.FromMicroseconds(remaining.Microseconds.Value)
            : null;

    /// <summary>What use_srtp came to; null when the peer did not offer it.</summary>
    public SrtpProfile? SrtpProfile
    {
        get
        {
            var profile = LibSsl.SSL_get_selected_srtp_profile(_ssl);
            return profile == null ? null : (SrtpProfile)profile->Id.Value;
        }
    }

    public void Feed(ReadOnlySpan<byte> datagram) => OpenSslException.ThrowUnless(
        LibCrypto.BIO_write(_incoming, datagram, datagram.Length) == datagram.Length, "BIO_write");

    /// <summary>Goes on with the handshake; Done when it is over.</summary>
    public DtlsProgress Handshake()
    {
        LibCrypto.ERR_clear_error();
        return GetProgress(LibSsl.SSL_do_handshake(_ssl));
    }

    /// <summary>Works through what was fed up to the next application data; Done when there is some.</summary>
    public DtlsProgress Peek()
    {
        Span<byte> one = stackalloc byte[1];
        TakeBuffers();
        var progress = GetProgress(LibSsl.SSL_peek(_ssl, one, one.Length));
        _hasUnread = progress == DtlsProgress.Done;
        ReleaseBuffers();
        return progress;
    }

    /// <summary>Takes the application data of the next record; Done when there was one.</summary>
    public DtlsProgress Read(Span<byte> destination, out int length)
    {
        TakeBuffers();
        var result = LibSsl.SSL_read(_ssl, destination, destination.Length);
        length = Math.Max(0, result);
        var progress = GetProgress(result);
        _hasUnread = progress == DtlsProgress.Done;
        ReleaseBuffers();
        return progress;
    }

    /// <summary>Writes one record of application data; Done on success.</summary>
    public DtlsProgress Write(ReadOnlySpan<byte> data)
    {
        TakeBuffers();
        var progress = GetProgress(LibSsl.SSL_write(_ssl, data, data.Length));
        ReleaseBuffers();
        return progress;
    }

    /// <summary>Writes close_notify.</summary>
    public void Shutdown()
    {
        TakeBuffers();

        // 0 means that the peer's close_notify has not come yet, which nobody waits for.
        LibSsl.SSL_shutdown(_ssl);
        LibCrypto.ERR_clear_error();
    }

    /// <summary>Repeats the last flight if its time has come; Failed after too many repetitions.</summary>
    public DtlsProgress HandleTimeout()
    {
        LibCrypto.ERR_clear_error();
        return LibSsl.SSL_ctrl(_ssl, LibSsl.ControlDtlsHandleTimeout, default, IntPtr.Zero).Value < 0
            ? DtlsProgress.Failed
            : DtlsProgress.Waiting;
    }

    /// <summary>Takes whole records for one datagram out of what waits to be sent; 0 when there are none.</summary>
    public int TakeDatagram(Span<byte> destination)
    {
        // OpenSSL 3.0 has no memory BIO that keeps datagrams apart, so the flight is cut again at its record headers.
        var available = (int)LibCrypto.BIO_get_mem_data(_outgoing, LibCrypto.BioControlInfo, default, out var data).Value;
        if (available < DtlsRecords.HeaderLength)
        {
            return 0;
        }

        var length = DtlsRecords.CutDatagram(new ReadOnlySpan<byte>((void*)data, available), MaxDatagramLength);
        if (destination.Length < length)
        {
            throw new ArgumentException($"The datagram has {length} bytes.", nameof(destination));
        }

        length = LibCrypto.BIO_read(_outgoing, destination, length);
        Written.Note(destination[..length]);
        return length;
    }

    /// <summary>The keys that the records have; false when they are not for DTLS 1.2 with AES-128-GCM.</summary>
    public bool TryGetTrafficKeys([NotNullWhen(true)] out TrafficKeys? keys)
    {
        keys = null;
        var cipher = LibSsl.SSL_get_current_cipher(_ssl);
        var session = LibSsl.SSL_get_session(_ssl);
        if (cipher == IntPtr.Zero
            || session == IntPtr.Zero
            || LibSsl.SSL_version(_ssl) != LibSsl.Dtls12
            || LibSsl.SSL_CIPHER_get_protocol_id(cipher) is not (EcdsaAes128Gcm or RsaAes128Gcm))
        {
            return false;
        }

        Span<byte> secret = stackalloc byte[MasterSecretLength];
        Span<byte> clientRandom = stackalloc byte[RandomLength];
        Span<byte> serverRandom = stackalloc byte[RandomLength];
        if (LibSsl.SSL_SESSION_get_master_key(session, secret, MasterSecretLength) != MasterSecretLength
            || LibSsl.SSL_get_client_random(_ssl, clientRandom, RandomLength) != RandomLength
            || LibSsl.SSL_get_server_random(_ssl, serverRandom, RandomLength) != RandomLength)
        {
            return false;
        }

        keys = new TrafficKeys(secret, clientRandom, serverRandom);
        CryptographicOperations.ZeroMemory(secret);
        return true;
    }

    public Fingerprint? ComputePeerFingerprint(string algorithm)
    {
        using var certificate = LibSsl.SSL_get1_peer_certificate(_ssl);
        return certificate.IsInvalid ? null : DtlsCertificate.ComputeFingerprint(certificate, algorithm);
    }

    /// <summary>RFC 5705 exporter without context.</summary>
    public bool TryExport(ReadOnlySpan<byte> label, Span<byte> output)
    {
        LibCrypto.ERR_clear_error();
        return LibSsl.SSL_export_keying_material(
            _ssl, output, (nuint)output.Length, label, (nuint)label.Length, IntPtr.Zero, 0, 0) == 1;
    }

    public void Dispose() => _ssl.Dispose();

    // Gives back 34 KB that OpenSSL keeps for records, which nobody needs between two datagrams. While a record is half read it
    // must not be done: before 3.0.14 OpenSSL would go on reading in the freed buffer (CVE-2024-4741).
    private void ReleaseBuffers()
    {
        if (!_hasUnread)
        {
            LibSsl.SSL_free_buffers(_ssl);
        }
    }

    private void TakeBuffers()
    {
        LibCrypto.ERR_clear_error();

        // Writing a DTLS record does not allocate the buffer it needs once it has been released.
        OpenSslException.ThrowUnless(LibSsl.SSL_alloc_buffers(_ssl) == 1, "SSL_alloc_buffers");
    }

    private DtlsProgress GetProgress(int result)
    {
        if (result > 0)
        {
            return DtlsProgress.Done;
        }

        return LibSsl.SSL_get_error(_ssl, result) switch
        {
            LibSsl.ErrorWantRead or LibSsl.ErrorWantWrite => DtlsProgress.Waiting,
            LibSsl.ErrorZeroReturn => DtlsProgress.Closed,
            _ => DtlsProgress.Failed,
        };
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static uint NextTimerInterval(IntPtr ssl, uint lastMicroseconds) =>
        lastMicroseconds == 0 ? FirstTimeoutMicroseconds : Math.Min(lastMicroseconds * 2, LongestTimeoutMicroseconds);
}
