using System.Diagnostics.CodeAnalysis;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.DataChannels;
using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Dtls;
using MediaRelay.Protocols.Ice;
using MediaRelay.Protocols.Network;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Sctp;
using MediaRelay.Protocols.Srtp;
using MediaRelay.Protocols.Stun;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Peers;

/// <summary>
/// One peer: ICE, DTLS, SRTP and SCTP put together over one 5-tuple (BUNDLE, rtcp-mux). It only decides the order of calls; each part
/// is its own state machine. Sans-IO and single-threaded, except <see cref="IsAuthentic"/>.
/// </summary>
public sealed class PeerConnection : IDisposable
{
    // One datagram's worth for what passes between DTLS and SCTP; per thread, because it is only used within one call.
    [ThreadStatic]
    private static byte[]? _scratch;

    private readonly PeerOptions _options;
    private readonly IceLiteAgent? _lite;
    private readonly IceClientAgent? _client;
    private readonly DtlsTransport _dtls;
    private readonly DtlsRole _role;
    private readonly Random _random;
    private volatile IceCredentials[] _credentials;
    private PacketDrops _drops;
    private SrtpContext? _inbound;
    private SrtpContext? _outbound;
    private Timestamp _setupDeadline = Timestamp.Never;

    /// <summary>The relay's side: ICE-lite, DTLS server.</summary>
    public PeerConnection(PeerOptions options, PacketDrops drops, Random random)
        : this(options, drops, random, DtlsRole.Server)
    {
        _lite = new IceLiteAgent(options.LocalCredentials, options.ConsentTimeout) { RemoteUfrag = options.RemoteCredentials.Ufrag };
    }

    /// <summary>A client's side: full ICE towards the given candidates, and the DTLS role of the options.</summary>
    public PeerConnection(
        PeerOptions options, PacketDrops drops, Random random, TransportAddress local, IReadOnlyList<TransportAddress> remoteCandidates)
        : this(options, drops, random, options.IsDtlsServer ? DtlsRole.Server : DtlsRole.Client)
    {
        _client = new IceClientAgent(options.LocalCredentials, options.RemoteCredentials, local, remoteCandidates, random);
    }

    private PeerConnection(PeerOptions options, PacketDrops drops, Random random, DtlsRole role)
    {
        _options = options;
        _drops = drops;
        _random = random;
        _role = role;
        _credentials = [options.LocalCredentials];
        _dtls = new DtlsTransport(options.Certificate, role, options.RemoteFingerprint);
    }

    public bool IsConnected { get; private set; }

    public bool IsClosed => CloseReason != CloseReason.None;

    public CloseReason CloseReason { get; private set; }

    /// <summary>Where media goes; null before the first authenticated check.</summary>
    public NetworkPath? Path => _lite is not null ? _lite.SelectedPath : _client!.SelectedPath;

    /// <summary>A client's side: our fragment of the ICE generation that <see cref="Path"/> belongs to; null before.</summary>
    public string? NominatedUfrag => _client?.NominatedUfrag;

    /// <summary>The data channels; null until DTLS is connected or when the SDP has no application section.</summary>
    public DataChannelTransport? Data { get; private set; }

    public SrtpProfile? Profile => _dtls.NegotiatedProfile;

    /// <summary>When <see cref="HandleTimeout"/> wants to be called.</summary>
    public Timestamp NextTimeout
    {
        get
        {
            var next = Timestamp.Min(_setupDeadline, _dtls.NextTimeout);
            next = Timestamp.Min(next, _lite?.NextTimeout ?? _client!.NextTimeout);
            return Data is null ? next : Timestamp.Min(next, Data.NextTimeout);
        }
    }

    /// <summary>Counts drops elsewhere from now on: the connection has moved to a loop with its own counters.</summary>
    public void CountDropsIn(PacketDrops drops) => _drops = drops;

    /// <summary>Begins: the setup time runs from now.</summary>
    public void Start(Timestamp now)
    {
        _setupDeadline = now + _options.SetupTimeout;
        _lite?.Start(now);
        _client?.Start(now);
    }

    /// <summary>Whether a STUN request carries our user name and password; pure, any thread.</summary>
    public bool IsAuthentic(ReadOnlySpan<byte> datagram)
    {
        if (!StunMessage.TryParse(datagram, out var message))
        {
            return false;
        }

        foreach (var credentials in _credentials)
        {
            if (IceKey.Verify(message, credentials.Password))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The relay's side: new credentials for an ICE restart (RFC 8445 §9); the old ones work until the peer uses the new ones, so that a
    /// restart that fails ends nothing.
    /// </summary>
    public void RestartIce(IceCredentials local, string? remoteUfrag)
    {
        _lite!.Restart(local, remoteUfrag);
        NoteCredentials();
    }

    /// <summary>A client's side: begins to check with new credentials, ours and the server's; media goes on where it went.</summary>
    public void RestartIce(Timestamp now, IceCredentials local, IceCredentials remote) => _client!.Restart(now, local, remote);

    /// <summary>Whether a check on our side of these credentials would still be taken. The relay's side.</summary>
    public bool IsValid(string localUfrag) => Array.Exists(_credentials, credentials => credentials.Ufrag == localUfrag);

    /// <summary>
    /// Handles one datagram. SRTP and SRTCP are decrypted in place: the plain packet is then the first <paramref name="length"/> bytes.
    /// </summary>
    public PacketKind Receive(Timestamp now, Span<byte> datagram, in NetworkPath path, out int length)
    {
        length = 0;
        if (datagram.IsEmpty || IsClosed)
        {
            return PacketKind.None;
        }

        // RFC 7983 §7.
        switch (datagram[0])
        {
            case <= 3:
                ReceiveStun(now, datagram, path);
                return PacketKind.None;
            case >= 20 and <= 63:
                ReceiveDtls(now, datagram, path);
                return PacketKind.None;
            case >= 128 and <= 191:
                return ReceiveSrtp(datagram, out length);
            default:
                _drops.Count(DropReason.Unclassified);
                return PacketKind.None;
        }
    }

    public void HandleTimeout(Timestamp now)
    {
        if (IsClosed)
        {
            return;
        }

        if (now >= _setupDeadline)
        {
            Close(CloseReason.SetupTimeout);
            return;
        }

        _lite?.HandleTimeout(now);
        _client?.HandleTimeout(now);
        if (_lite?.IsExpired == true || _client?.State == IceClientState.Failed)
        {
            Close(CloseReason.ConsentExpired);
            return;
        }

        StartDtlsClient(now);
        _dtls.HandleTimeout(now);
        DrainDtls(now);
        Data?.HandleTimeout(now);
    }

    /// <summary>Writes the next datagram of ICE, DTLS or SCTP; false when there is none.</summary>
    public bool TryWriteDatagram(Timestamp now, Span<byte> destination, out int length, out NetworkPath path)
    {
        if (_lite is not null ? _lite.TryWriteDatagram(destination, out length, out path)
            : _client!.TryWriteDatagram(destination, out length, out path))
        {
            return true;
        }

        if (Path is not { } selected)
        {
            length = 0;
            path = default;
            return false;
        }

        path = selected;
        if (_dtls.TryWriteDatagram(destination, out length))
        {
            return true;
        }

        if (Data is null)
        {
            return false;
        }

        var scratch = Scratch();
        if (!Data.TryWritePacket(now, scratch, out var packet))
        {
            return false;
        }

        return _dtls.TryProtect(scratch.AsSpan(0, packet), destination, out length)
            || (_dtls.TryWriteApplicationData(scratch.AsSpan(0, packet)) && _dtls.TryWriteDatagram(destination, out length));
    }

    /// <summary>Encrypts one RTP packet into <paramref name="destination"/>; returns its length, 0 before the keys are there.</summary>
    public int ProtectRtp(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, Span<byte> destination) =>
        _outbound?.ProtectRtp(header, payload, destination) ?? 0;

    /// <summary>What encrypts one SSRC's RTP packets; to be used until the connection is disposed.</summary>
    /// <exception cref="InvalidOperationException">The keys are not there yet, or 64 other SSRCs are sent already.</exception>
    public SrtpSender OpenRtp(Ssrc ssrc) => _outbound?.SenderOf(ssrc) ?? throw new InvalidOperationException("The keys are not there yet.");

    /// <summary>Asks for the memory that <see cref="Path"/> needs.</summary>
    public void FetchPath()
    {
        CacheLines.Fetch(_lite, count: 4);
        CacheLines.Fetch(_client, count: 4);
    }

    /// <summary>Encrypts an RTCP packet in place; the span has room for <see cref="SrtpContext.MaxRtcpOverhead"/> more bytes.</summary>
    public int ProtectRtcp(Span<byte> packet, int length) => _outbound?.ProtectRtcp(packet, length) ?? 0;

    /// <summary>Says goodbye and takes nothing more; what is left to write is the close_notify.</summary>
    public void Close(CloseReason reason)
    {
        if (IsClosed)
        {
            return;
        }

        CloseReason = reason;
        if (reason != CloseReason.PeerClosed)
        {
            _dtls.Close();
        }
    }

    public void Dispose()
    {
        Data?.Dispose();
        _dtls.Dispose();
        _inbound?.Dispose();
        _outbound?.Dispose();
    }

    private void ReceiveStun(Timestamp now, ReadOnlySpan<byte> datagram, in NetworkPath path)
    {
        var result = _lite is not null ? _lite.HandleDatagram(now, datagram, path) : _client!.HandleDatagram(now, datagram, path);
        if (result.Drop is { } reason)
        {
            _drops.Count(reason);
            return;
        }

        if (_credentials.Length > 1 && _lite is { Previous: null })
        {
            NoteCredentials();
        }

        StartDtlsClient(now);
    }

    // A copy, since other threads look at them.
    private void NoteCredentials() => _credentials = _lite!.Previous is { } previous ? [_lite.Local, previous] : [_lite.Local];

    private void StartDtlsClient(Timestamp now)
    {
        if (_client?.SelectedPath is not null && _dtls.State == DtlsState.New)
        {
            _dtls.Start(now);
        }
    }

    private void ReceiveDtls(Timestamp now, ReadOnlySpan<byte> datagram, in NetworkPath path)
    {
        // Without this a stranger's ClientHello could take the handshake over (protocol notes, trap 2).
        if (_role == DtlsRole.Server && !IsAuthenticated(path.Remote))
        {
            _drops.Count(DropReason.DtlsBeforeStun);
            return;
        }

        if (!_dtls.HandleDatagram(now, datagram))
        {
            _drops.Count(DropReason.DtlsMalformed);
        }

        DrainDtls(now);
    }

    private bool IsAuthenticated(in TransportAddress remote) =>
        _lite is not null ? _lite.IsAuthenticated(remote) : _client!.SelectedPath?.Remote == remote;

    private PacketKind ReceiveSrtp(Span<byte> datagram, out int length)
    {
        length = 0;
        if (_inbound is null)
        {
            _drops.Count(DropReason.SrtpBeforeKeys);
            return PacketKind.None;
        }

        // RFC 5761 §4: RTCP packet types lie in 192–223, where RTP has marker and payload types 64–95.
        var isRtcp = datagram.Length > 1 && datagram[1] is >= 192 and <= 223;
        var taken = isRtcp
            ? _inbound.TryUnprotectRtcp(datagram, out length, out var reason)
            : _inbound.TryUnprotectRtp(datagram, out length, out reason);
        if (!taken)
        {
            _drops.Count(reason);
            return PacketKind.None;
        }

        return isRtcp ? PacketKind.Rtcp : PacketKind.Rtp;
    }

    private void DrainDtls(Timestamp now)
    {
        while (_dtls.TryReadEvent(out var dtlsEvent))
        {
            switch (dtlsEvent.Kind)
            {
                case DtlsEventKind.Connected:
                    OnDtlsConnected(now);
                    break;
                case DtlsEventKind.Failed:
                    var mismatch = dtlsEvent.Drop == DropReason.DtlsFingerprintMismatch;
                    _drops.Count(mismatch ? DropReason.DtlsFingerprintMismatch : DropReason.DtlsMalformed);
                    Close(mismatch ? CloseReason.FingerprintMismatch : CloseReason.DtlsFailed);
                    break;
                case DtlsEventKind.Closed:
                    Close(CloseReason.PeerClosed);
                    break;
            }
        }

        if (Data is null)
        {
            return;
        }

        var scratch = Scratch();
        while (_dtls.TryReadApplicationData(scratch, out var length))
        {
            Data.HandlePacket(now, scratch.AsSpan(0, length));
        }
    }

    private void OnDtlsConnected(Timestamp now)
    {
        if (!TryMakeSrtp())
        {
            Close(CloseReason.DtlsFailed);
            return;
        }

        IsConnected = true;
        _setupDeadline = Timestamp.Never;
        if (_options.HasData)
        {
            Data = new DataChannelTransport(_role == DtlsRole.Client, SctpOptionsFor(_options), _options.Pool, _drops, _random);
            if (_client is not null)
            {
                Data.Connect(now);
            }
        }
    }

    private static SctpOptions SctpOptionsFor(PeerOptions options) => new()
    {
        RemotePort = options.RemoteSctpPort,

        // Browsers take 256 KiB, more than we keep for sending; 0 (any) leaves the buffer as the only bound.
        // RFC 8841 §6: 0 is any size.
        MaxOutgoingMessageSize = options.RemoteMaxMessageSize is > 0 and var limit
            ? Math.Min(limit, options.DataSendBuffer)
            : options.DataSendBuffer,
        MaxIncomingMessageSize = options.LocalMaxMessageSize,
        SendBufferSize = options.DataSendBuffer,
    };

    [MemberNotNullWhen(true, nameof(_inbound), nameof(_outbound))]
    private bool TryMakeSrtp()
    {
        if (!_dtls.TryTakeSrtpKeys(out var keys))
        {
            return false;
        }

        using (keys)
        {
            _inbound = keys.CreateInbound(_role);
            _outbound = keys.CreateOutbound(_role);
        }

        return true;
    }

    private static byte[] Scratch() => _scratch ??= new byte[2048];
}
