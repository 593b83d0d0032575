using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Srtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Dtls;

/// <summary>
/// DTLS 1.2 with one peer (RFC 6347), keyed for SRTP (RFC 5764) and carrying SCTP (RFC 8261). After every other call, drain
/// <see cref="TryReadApplicationData"/>, <see cref="TryReadEvent"/> and <see cref="TryWriteDatagram"/>. One thread at a time.
/// </summary>
/// <remarks>
/// OpenSSL measures its retransmission timer by its own clock. <see cref="NextTimeout"/> follows it, and a
/// <see cref="HandleTimeout"/> that comes too early by that clock does nothing.
/// </remarks>
public sealed class DtlsTransport : IDisposable
{
    /// <summary>Bytes that one <see cref="TryWriteApplicationData"/> may have; as a record it is up to 37 bytes longer.</summary>
    public const int MaxApplicationDataLength = 1280;

    /// <summary>Bytes that the destination of <see cref="TryWriteDatagram"/> must have.</summary>
    public const int MaxDatagramLength = MaxApplicationDataLength + 64;

    /// <summary>Bytes of records that may wait to be sent; application data beyond is refused.</summary>
    private const int MaxPendingOutput = 64 * 1024;

    // A flight has at most three datagrams; this many unread ones mean that the caller does not drain.
    private const int MaxPendingInput = 32 * 1024;

    // OpenSSL keeps up to 100 records that came before their keys, each in a buffer of 17 KB; a peer that is only reordered needs few.
    private const int MaxEarlyDatagrams = 16;

    // Keeps a timer that OpenSSL still thinks is running from being polled without pause.
    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromMilliseconds(5);

    private static ReadOnlySpan<byte> ExporterLabel => "EXTRACTOR-dtls_srtp"u8;

    private readonly DtlsCertificate _certificate;
    private readonly DtlsRole _role;
    private readonly Fingerprint _expectedRemote;
    private DtlsSession? _session;
    private DtlsEvent? _event;
    private int _earlyDatagrams;
    private bool _hasInput;
    private bool _hasOutput;
    private bool _isDisposed;

    /// <param name="certificate">Ours; it must outlive the transport.</param>
    /// <param name="role">Client writes the first flight.</param>
    /// <param name="expectedRemote">What the peer's SDP announced; its algorithm decides how its certificate is hashed.</param>
    public DtlsTransport(DtlsCertificate certificate, DtlsRole role, Fingerprint expectedRemote)
    {
        _certificate = certificate;
        _role = role;
        _expectedRemote = expectedRemote;
    }

    public DtlsState State { get; private set; }

    public DtlsRole Role => _role;

    /// <summary>The peer's choice of use_srtp; null before the handshake is over, or when it has none in common with us.</summary>
    public SrtpProfile? NegotiatedProfile { get; private set; }

    public Timestamp NextTimeout { get; private set; } = Timestamp.Never;

    /// <summary>A client writes its ClientHello; a server only begins to wait and still costs nothing.</summary>
    public void Start(Timestamp now)
    {
        if (State != DtlsState.New || _isDisposed)
        {
            return;
        }

        State = DtlsState.Handshaking;
        if (_role == DtlsRole.Client)
        {
            GoOn(now);
        }
    }

    /// <summary>
    /// Takes one datagram from an address that passed an authenticated STUN check. False when it was dropped: it is no DTLS, the
    /// connection is over, or too much waits.
    /// </summary>
    public bool HandleDatagram(Timestamp now, ReadOnlySpan<byte> datagram)
    {
        Start(now);
        if (_isDisposed || State is DtlsState.Closed or DtlsState.Failed || !DtlsRecords.IsPlausible(datagram))
        {
            return false;
        }

        if (State == DtlsState.Handshaking && DtlsRecords.IsEncrypted(datagram) && ++_earlyDatagrams > MaxEarlyDatagrams)
        {
            return false;
        }

        var session = GetSession();
        if (session.PendingInput + datagram.Length > MaxPendingInput)
        {
            return false;
        }

        // A repeated message makes OpenSSL forget what follows it in the same datagram, as when a ClientHello and the flight after it
        // come together: that would cost a round trip. So during the handshake it gets one record at a time.
        while (State == DtlsState.Handshaking && DtlsRecords.IsPlausible(datagram))
        {
            var length = DtlsRecords.GetRecordLength(datagram);
            session.Feed(datagram[..length]);
            GoOn(now);
            datagram = datagram[length..];
        }

        if (State == DtlsState.Connected && DtlsRecords.IsPlausible(datagram))
        {
            session.Feed(datagram);
            GoOn(now);
        }

        return true;
    }

    public void HandleTimeout(Timestamp now)
    {
        if (now < NextTimeout || _session is null)
        {
            return;
        }

        Settle(_session.HandleTimeout());
        UpdateOutput(now);
    }

    /// <summary>
    /// Writes the next datagram, of at most 1,200 bytes unless application data alone is longer; false when there is none.
    /// <paramref name="destination"/> has <see cref="MaxDatagramLength"/> bytes at least.
    /// </summary>
    public bool TryWriteDatagram(Span<byte> destination, out int length)
    {
        length = 0;
        if (!_hasOutput || _session is null)
        {
            return false;
        }

        length = _session.TakeDatagram(destination);
        _hasOutput = length > 0;
        return _hasOutput;
    }

    public bool TryReadEvent(out DtlsEvent dtlsEvent)
    {
        dtlsEvent = _event ?? default;
        var has = _event is not null;
        _event = null;
        return has;
    }

    /// <summary>
    /// Takes the content of the next record, as a rule one SCTP packet; false when there is none. <paramref name="destination"/> is
    /// as long as the longest datagram, or a record's rest comes with the next call.
    /// </summary>
    public bool TryReadApplicationData(Span<byte> destination, out int length)
    {
        length = 0;
        if (!_hasInput || State != DtlsState.Connected || _session is null)
        {
            return false;
        }

        var progress = _session.Read(destination, out length);
        if (progress == DtlsProgress.Done)
        {
            return true;
        }

        _hasInput = false;
        Settle(progress);
        _hasOutput = _session.PendingOutput > 0;
        return false;
    }

    /// <summary>
    /// Encrypts one SCTP packet into a record of its own, for <see cref="TryWriteDatagram"/>. False when the transport is not
    /// connected, the data is empty or too long, or 64 KiB wait to be sent.
    /// </summary>
    public bool TryWriteApplicationData(ReadOnlySpan<byte> data)
    {
        if (State != DtlsState.Connected
            || _session is null
            || data.Length is 0 or > MaxApplicationDataLength
            || _session.PendingOutput > MaxPendingOutput)
        {
            return false;
        }

        var progress = _session.Write(data);
        Settle(progress);
        _hasOutput = _session.PendingOutput > 0;
        return progress == DtlsProgress.Done;
    }

    /// <summary>
    /// Exports the SRTP master keys (RFC 5764 §4.2); false before the handshake is over or when no profile was negotiated.
    /// </summary>
    public bool TryExportKeyingMaterial([NotNullWhen(true)] out SrtpKeys? keys)
    {
        keys = null;
        if (State != DtlsState.Connected || _session is null || NegotiatedProfile is not { } profile)
        {
            return false;
        }

        Span<byte> material = stackalloc byte[SrtpKeys.GetMaterialLength(profile)];
        if (!_session.TryExport(ExporterLabel, material))
        {
            return false;
        }

        keys = new SrtpKeys(profile, material);
        CryptographicOperations.ZeroMemory(material);
        return true;
    }

    /// <summary>Ends the connection; when it was there, close_notify waits in <see cref="TryWriteDatagram"/>. No event follows.</summary>
    public void Close()
    {
        if (State is DtlsState.Closed or DtlsState.Failed)
        {
            return;
        }

        if (State == DtlsState.Connected && _session is not null)
        {
            _session.Shutdown();
            _hasOutput = _session.PendingOutput > 0;
        }

        End(DtlsState.Closed);
    }

    /// <summary>Frees what OpenSSL holds; nothing comes out of the transport afterwards.</summary>
    public void Dispose()
    {
        if (State is not DtlsState.Failed)
        {
            State = DtlsState.Closed;
        }

        _isDisposed = true;
        _hasInput = false;
        _hasOutput = false;
        NextTimeout = Timestamp.Never;
        _session?.Dispose();
        _session = null;
    }

    private DtlsSession GetSession() => _session ??= new DtlsSession(_certificate, _role);

    private void GoOn(Timestamp now)
    {
        var session = GetSession();
        if (State == DtlsState.Handshaking)
        {
            var progress = session.Handshake();
            if (progress == DtlsProgress.Done)
            {
                Connect(session);
            }

            Settle(progress);
        }

        if (State == DtlsState.Connected)
        {
            // Also answers a peer that repeats its last flight because ours was lost.
            var progress = session.Peek();
            _hasInput |= progress == DtlsProgress.Done;
            Settle(progress);
        }

        UpdateOutput(now);
    }

    private void Connect(DtlsSession session)
    {
        if (session.ComputePeerFingerprint(_expectedRemote.Algorithm) != _expectedRemote)
        {
            session.Shutdown();
            Fail(DropReason.DtlsFingerprintMismatch, "the peer's certificate is not the one that its SDP announced");
            return;
        }

        NegotiatedProfile = session.SrtpProfile;
        State = DtlsState.Connected;
        _event = new DtlsEvent(DtlsEventKind.Connected);
    }

    private void Settle(DtlsProgress progress)
    {
        if (progress == DtlsProgress.Closed)
        {
            End(DtlsState.Closed);
            _event = new DtlsEvent(DtlsEventKind.Closed);
        }
        else if (progress == DtlsProgress.Failed)
        {
            Fail(DropReason.DtlsMalformed, OpenSslException.TakeReason() ?? "the peer broke off");
        }
    }

    private void Fail(DropReason reason, string detail)
    {
        End(DtlsState.Failed);
        _event = new DtlsEvent(DtlsEventKind.Failed, reason, detail);
    }

    private void End(DtlsState state)
    {
        State = state;
        _hasInput = false;
        NextTimeout = Timestamp.Never;
    }

    private void UpdateOutput(Timestamp now)
    {
        _hasOutput = _session!.PendingOutput > 0;
        NextTimeout = State == DtlsState.Handshaking && _session.RemainingTimeout is { } remaining
            ? now + (remaining > ShortestTimeout ? remaining : ShortestTimeout)
            : Timestamp.Never;
    }
}
