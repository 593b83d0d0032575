using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using MediaRelay.Protocols.Buffers;
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
    private readonly DatagramQueue _output = new(MaxPendingOutput);

    // At most one of the two: OpenSSL until the handshake is done and read out, then what is left of it.
    private DtlsSession? _session;
    private EstablishedConnection? _connection;
    private SrtpKeys? _keys;
    private DtlsEvent? _event;
    private int _earlyDatagrams;
    private bool _hasInput;
    private bool _isSessionKept;
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

    /// <summary>The handshake's 42 KB are freed.</summary>
    internal bool HasLetGoOfOpenSsl => _connection is not null;

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

        var isTaken = true;
        while (State is DtlsState.Handshaking or DtlsState.Connected && DtlsRecords.IsPlausible(datagram))
        {
            // A repeated message makes OpenSSL forget what follows it in the same datagram, as when a ClientHello and the flight after
            // it come together: that would cost a round trip. So it gets one record at a time.
            var record = datagram[..DtlsRecords.GetRecordLength(datagram)];
            datagram = datagram[record.Length..];
            isTaken &= _connection is not null ? HandleRecord(_connection, record) : HandleRecord(now, GetSession(), record);
        }

        return isTaken;
    }

    public void HandleTimeout(Timestamp now)
    {
        if (now < NextTimeout || _session is null)
        {
            return;
        }

        Settle(_session.HandleTimeout());
        Update(now, _session);
    }

    /// <summary>
    /// Writes the next datagram, of at most 1,200 bytes unless application data alone is longer; false when there is none.
    /// <paramref name="destination"/> has <see cref="MaxDatagramLength"/> bytes at least.
    /// </summary>
    public bool TryWriteDatagram(Span<byte> destination, out int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, MaxDatagramLength, nameof(destination));
        if (_output.IsEmpty && _session is not null)
        {
            MoveOutput(_session);
        }

        return _output.TryTake(destination, out length);
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
        if (State != DtlsState.Connected)
        {
            return false;
        }

        if (_connection is not null)
        {
            return _connection.TryRead(destination, out length);
        }

        if (!_hasInput || _session is null)
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
        HandOver(_session);
        return false;
    }

    /// <summary>
    /// Encrypts one SCTP packet into a record of its own, for <see cref="TryWriteDatagram"/>. False when the transport is not
    /// connected, the data is empty or too long, or 64 KiB wait to be sent.
    /// </summary>
    public bool TryWriteApplicationData(ReadOnlySpan<byte> data)
    {
        if (State != DtlsState.Connected || data.Length is 0 or > MaxApplicationDataLength)
        {
            return false;
        }

        if (_connection is not null)
        {
            return _connection.TryWrite(data);
        }

        if (_session is null || _output.Length + data.Length > MaxPendingOutput)
        {
            return false;
        }

        var progress = _session.Write(data);
        Settle(progress);
        MoveOutput(_session);
        return progress == DtlsProgress.Done;
    }

    /// <summary>
    /// As <see cref="TryWriteApplicationData"/>, but the record is written as the next datagram itself. False also while OpenSSL keeps the
    /// connection or something waits to be written before.
    /// </summary>
    public bool TryProtect(ReadOnlySpan<byte> data, Span<byte> destination, out int length)
    {
        length = 0;
        return State == DtlsState.Connected && data.Length is > 0 and <= MaxApplicationDataLength && _connection is not null
            && _connection.TryProtect(data, destination, out length);
    }

    /// <summary>
    /// Gives the SRTP master keys (RFC 5764 §4.2), once, to an owner who disposes them; false before the handshake is over or when no
    /// profile was negotiated.
    /// </summary>
    public bool TryTakeSrtpKeys([NotNullWhen(true)] out SrtpKeys? keys)
    {
        keys = State == DtlsState.Connected ? _keys : null;
        if (keys is not null)
        {
            _keys = null;
        }

        return keys is not null;
    }

    /// <summary>Ends the connection; when it was there, close_notify waits in <see cref="TryWriteDatagram"/>. No event follows.</summary>
    public void Close()
    {
        if (State is DtlsState.Closed or DtlsState.Failed)
        {
            return;
        }

        if (State == DtlsState.Connected)
        {
            _connection?.WriteCloseNotify();
            _session?.Shutdown();
        }

        End(DtlsState.Closed);
    }

    /// <summary>Frees what it holds; nothing comes out of the transport afterwards.</summary>
    public void Dispose()
    {
        if (State is not DtlsState.Failed)
        {
            State = DtlsState.Closed;
        }

        _isDisposed = true;
        _hasInput = false;
        NextTimeout = Timestamp.Never;
        _session?.Dispose();
        _session = null;
        _connection?.Dispose();
        _connection = null;
        _keys?.Dispose();
        _keys = null;
        _output.Dispose();
    }

    private DtlsSession GetSession() => _session ??= new DtlsSession(_certificate, _role);

    private bool HandleRecord(EstablishedConnection connection, ReadOnlySpan<byte> record)
    {
        if (!connection.HandleRecord(record))
        {
            return false;
        }

        if (connection.PeerAlert is { } alert)
        {
            Settle(connection.IsClosedByPeer ? DtlsProgress.Closed : DtlsProgress.Failed, $"the peer sent alert {alert}");
        }

        return true;
    }

    private bool HandleRecord(Timestamp now, DtlsSession session, ReadOnlySpan<byte> record)
    {
        if (session.PendingInput + record.Length > MaxPendingInput)
        {
            return false;
        }

        session.Feed(record);
        GoOn(now);
        return true;
    }

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

        Update(now, session);
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
        _keys = NegotiatedProfile is { } profile ? ExportSrtpKeys(session, profile) : null;
        State = DtlsState.Connected;
        _event = new DtlsEvent(DtlsEventKind.Connected);
    }

    private static SrtpKeys? ExportSrtpKeys(DtlsSession session, SrtpProfile profile)
    {
        Span<byte> material = stackalloc byte[SrtpKeys.GetMaterialLength(profile)];
        if (!session.TryExport(ExporterLabel, material))
        {
            return null;
        }

        var keys = new SrtpKeys(profile, material);
        CryptographicOperations.ZeroMemory(material);
        return keys;
    }

    /// <summary>Takes OpenSSL's output, and lets go of it once the connection stands and all that arrived is read.</summary>
    private void HandOver(DtlsSession session)
    {
        if (!MoveOutput(session) || State != DtlsState.Connected || _hasInput || _isSessionKept)
        {
            return;
        }

        if (EstablishedConnection.TryTakeOver(session, _role, _output, out _connection))
        {
            session.Dispose();
            _session = null;
        }
        else
        {
            _isSessionKept = true;
        }
    }

    private void Settle(DtlsProgress progress, string? detail = null)
    {
        if (progress == DtlsProgress.Closed)
        {
            End(DtlsState.Closed);
            _event = new DtlsEvent(DtlsEventKind.Closed);
        }
        else if (progress == DtlsProgress.Failed)
        {
            Fail(DropReason.DtlsMalformed, detail ?? OpenSslException.TakeReason() ?? "the peer broke off");
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

    private void Update(Timestamp now, DtlsSession session)
    {
        NextTimeout = State == DtlsState.Handshaking && session.RemainingTimeout is { } remaining
            ? now + (remaining > ShortestTimeout ? remaining : ShortestTimeout)
            : Timestamp.Never;
        HandOver(session);
    }

    /// <summary>Takes what OpenSSL has written; false when there is no room for all of it, and the rest waits there.</summary>
    private bool MoveOutput(DtlsSession session)
    {
        while (_output.TryReserve(MaxDatagramLength, out var space))
        {
            var length = session.TakeDatagram(space);
            if (length == 0)
            {
                return true;
            }

            _output.Commit(length);
        }

        return false;
    }
}
