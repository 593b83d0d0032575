using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.DataChannels;
using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Dtls;
using MediaRelay.Protocols.Ice;
using MediaRelay.Protocols.Network;
using MediaRelay.Protocols.Peers;
using MediaRelay.Protocols.Rtcp;
using MediaRelay.Protocols.Sdp;
using MediaRelay.Protocols.Time;
using MediaRelay.Transport.Groups;

namespace MediaRelay.Client.Loops;

/// <summary>
/// One headless peer: makes an offer and takes the answer, or answers the server's offer, and runs its connection on a
/// <see cref="ClientLoop"/>. What it sends or makes of media is the derived class's. Until it is added to a loop it belongs to its maker; afterwards only the members that say so may be
/// called from other threads.
/// </summary>
public abstract class ClientPeer : DatagramReceiver
{
    private readonly ClientPeerContext _context;
    private IceCredentials _credentials = IceCredentials.Create();
    private readonly OfferOptions _wants;
    private readonly DeliberateLoss? _loss;
    private readonly TaskCompletionSource<CloseReason> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SessionDescription? _offer;
    private string? _offerText;
    private List<TransportAddress> _candidates = [];
    private PeerConnection? _connection;
    private GroupSocket? _socket;
    private ClientLoop? _loop;
    private volatile bool _isCloseRequested;
    private bool _hasFailed;
    private long _connectedAt = -1;

    /// <param name="loss">The share (0–1) of received datagrams that is thrown away.</param>
    private protected ClientPeer(ClientPeerContext context, OfferOptions options, double loss = 0)
    {
        _context = context;
        _wants = options;
        Random = new Random(context.NextSeed());
        _loss = loss > 0 ? new DeliberateLoss(loss, new Random(context.NextSeed())) : null;
    }

    /// <summary>The SDP offer to send; not for a peer that answers (<see cref="TryAnswer"/>).</summary>
    public string Offer => _offerText ??= (_offer ??= OfferBuilder.Build(_wants, Transport)).ToString();

    /// <summary>What was negotiated; null before <see cref="TryAccept"/> or <see cref="TryAnswer"/>.</summary>
    public NegotiatedSession? Session { get; private set; }

    /// <summary>What was thrown away; any thread.</summary>
    public PacketDrops Drops { get; } = new();

    /// <summary>Received datagrams that were thrown away on purpose; any thread.</summary>
    public long LostOnPurpose => _loss?.Count ?? 0;

    /// <summary>When DTLS was done; null before. Any thread.</summary>
    public Timestamp? ConnectedAt => Volatile.Read(ref _connectedAt) is >= 0 and var at ? new Timestamp(at) : null;

    /// <summary>
    /// Our user name fragment of the ICE generation in use; another one once a restart is through. Any thread (it may be a moment old).
    /// </summary>
    public string? NominatedUfrag => _connection?.NominatedUfrag;

    /// <summary>Done when ICE and DTLS are; cancelled when the peer closes before. Any thread.</summary>
    public Task Connected => _connected.Task;

    /// <summary>Done when the peer has closed, with the reason; any thread.</summary>
    public Task<CloseReason> Closed => _closed.Task;

    /// <summary>The negotiated SRTP profile; null before the handshake is done.</summary>
    public Protocols.Srtp.SrtpProfile? Profile => _connection?.Profile;

    internal int Slot { get; set; } = -1;

    internal bool IsTouched { get; set; }

    internal bool IsFinished => _hasFailed || _connection?.IsClosed == true;

    internal long QueueDrops => _socket?.QueueDrops ?? 0;

    internal IPEndPoint BindAddress =>
        new(_candidates.Exists(candidate => candidate.IsIPv4) ? IPAddress.Any : IPAddress.IPv6Any, 0);

    /// <summary>Bytes of the socket's queues: a burst of one key frame must fit.</summary>
    internal int SocketBufferBytes => 512 * 1024;

    /// <summary>The loop that owns the peer.</summary>
    private protected ClientLoop? Loop => _loop;

    private protected PeerConnection? Connection => _connection;

    private protected Random Random { get; }

    private protected PacketPool Pool => _context.Pool;

    /// <summary>When <see cref="Work"/> wants to be called.</summary>
    private protected abstract Timestamp NextWork { get; }

    private LocalTransport Transport
    {
        get
        {
            var fingerprint = _context.Certificate.Fingerprint;
            return new LocalTransport(_credentials.Ufrag, _credentials.Password, fingerprint.Algorithm, fingerprint.Value, []);
        }
    }

    /// <summary>Reads the server's answer. False when it breaks the rules or names no address that we can reach.</summary>
    public bool TryAccept(string answer, [NotNullWhen(false)] out string? error)
    {
        _offer ??= OfferBuilder.Build(_wants, Transport);
        return SessionDescription.TryParse(answer, out var parsed, out error)
            && AnswerReader.TryRead(_offer, parsed, out var session, out error)
            && TryTake(session, out error);
    }

    /// <summary>
    /// Answers an offer of the server, for servers that make it themselves (Janus's VideoRoom towards viewers). We are the DTLS client
    /// and the controlling ICE agent, which is right for an ice-lite server; a full one resolves the conflict of roles (RFC 8445
    /// §7.3.1.1). False when the offer breaks the rules, has nothing that this peer wants or names no address that we can reach.
    /// </summary>
    public bool TryAnswer(string offer, [NotNullWhen(true)] out string? answer, [NotNullWhen(false)] out string? error)
    {
        answer = null;
        if (!SessionDescription.TryParse(offer, out var parsed, out error))
        {
            return false;
        }

        // The answerer of the SDP library is a lite server; of the two sides here it is the other one that may be.
        var isLite = parsed.IceLite;
        parsed.IceLite = false;
        if (!OfferAnswer.TryAnswer(parsed, PolicyOf(_wants), Transport, out var session, out var refusal))
        {
            error = refusal.Message;
            return false;
        }

        session.Answer.IceLite = false;
        foreach (var section in session.Answer.Media.Where(section => section.Transport.Setup is not null))
        {
            section.Transport.Setup = DtlsSetup.Active;
        }

        if (!TryTake(session with { IsRemoteIceLite = isLite, IsDtlsServer = false }, out error))
        {
            return false;
        }

        answer = session.Answer.ToString();
        return true;
    }

    /// <summary>
    /// The fragment that asks the server for an ICE restart (RFC 9725 §4.3.3), with credentials of our own for
    /// <see cref="TryRestart"/>; any thread.
    /// </summary>
    public string OfferRestart(out IceCredentials credentials)
    {
        credentials = IceCredentials.Create();
        return new SdpFragment { IceUfrag = credentials.Ufrag, IcePwd = credentials.Password }.ToString();
    }

    /// <summary>
    /// Restarts ICE towards the same addresses with what the server answered; media goes on meanwhile. False when the answer is not a
    /// fragment with credentials, or the peer does not run. Any thread.
    /// </summary>
    public bool TryRestart(IceCredentials credentials, string answer, [NotNullWhen(false)] out string? error)
    {
        if (!SdpFragment.TryParse(answer, out var fragment, out error))
        {
            return false;
        }

        if (fragment is not { IceUfrag: { } ufrag, IcePwd: { } password } || _loop is not { } loop)
        {
            error = _loop is null ? "the peer does not run" : "the answer has no a=ice-ufrag and a=ice-pwd";
            return false;
        }

        loop.Post(now =>
        {
            if (Slot >= 0)
            {
                _credentials = credentials;
                _connection!.RestartIce(now, credentials, new IceCredentials(ufrag, password));
                Wake();
            }
        });
        return true;
    }

    /// <summary>Says goodbye to the server and closes; any thread.</summary>
    public void Close()
    {
        _isCloseRequested = true;
        _loop?.Post(_ => Wake());
    }

    public sealed override void Receive(Timestamp now, Span<byte> datagram, in NetworkPath path)
    {
        if (_connection is not { } connection || _hasFailed || _loss?.TakesNext() == true)
        {
            return;
        }

        _loop!.Touch(this);
        try
        {
            Receive(now, connection, datagram, path);
        }
        catch (Exception e)
        {
            // A bug in this peer ends it, and nobody else's datagrams of this turn are lost.
            _loop.Report(e);
            Fail();
        }
    }

    internal void Begin(Timestamp now, ClientLoop loop, GroupSocket socket, in TransportAddress local)
    {
        _loop = loop;
        _socket = socket;
        var print = Session!.RemoteFingerprints[0];
        var family = local.Family;
        _connection = new PeerConnection(
            new PeerOptions
            {
                Certificate = _context.Certificate,
                LocalCredentials = _credentials,
                RemoteCredentials = new IceCredentials(Session.RemoteIceUfrag, Session.RemoteIcePwd),
                RemoteFingerprint = new Fingerprint(print.Algorithm, print.Value),
                IsDtlsServer = Session.IsDtlsServer,
                Pool = _context.Pool,
                HasData = Session.Data is not null,
                RemoteMaxMessageSize = (int)Math.Min(Session.Data?.RemoteMaxMessageSize ?? 0, int.MaxValue),
                RemoteSctpPort = Session.Data?.RemoteSctpPort ?? NegotiatedData.DefaultSctpPort,
            },
            Drops,
            Random,
            local,
            _candidates.FindAll(candidate => candidate.Family == family));
        _connection.Start(now);
    }

    /// <summary>Does what is due and returns when to be called again.</summary>
    internal Timestamp Process(Timestamp now, NtpTime wallClock)
    {
        var connection = _connection!;
        if (_hasFailed)
        {
            return now;
        }

        if (connection.NextTimeout <= now)
        {
            connection.HandleTimeout(now);
        }

        NoteConnected(now);
        ReadDataEvents(now);
        if (connection is { IsConnected: true, IsClosed: false, Path: { } path })
        {
            Work(now, wallClock, path, _socket!);
        }

        if (_isCloseRequested)
        {
            connection.Close(CloseReason.Requested);
        }

        WriteDatagrams(now);
        return Timestamp.Min(connection.NextTimeout, NextWork);
    }

    /// <summary>A bug in this peer: it ends at once.</summary>
    internal void Fail() => _hasFailed = true;

    internal void Stop(Timestamp now)
    {
        _connection?.Close(CloseReason.Requested);
        WriteDatagrams(now);
    }

    /// <summary>Frees everything and returns what the socket's queue lost.</summary>
    internal long Release()
    {
        var reason = _hasFailed ? CloseReason.InternalError : _connection!.CloseReason;
        OnClosed();
        var drops = QueueDrops;
        _socket?.Dispose();
        _connection?.Dispose();
        _connected.TrySetCanceled();
        _closed.TrySetResult(reason);
        return drops;
    }

    /// <summary>The answer was read; before the peer runs.</summary>
    private protected abstract void OnNegotiated(NegotiatedSession session);

    private protected abstract void OnConnected(Timestamp now);

    /// <summary>Takes a packet without decrypting it, or leaves it (false) to be decrypted.</summary>
    private protected virtual bool TryTakeProtected(Timestamp now, ReadOnlySpan<byte> datagram) => false;

    private protected abstract void OnRtp(Timestamp now, Span<byte> packet);

    private protected abstract void OnRtcp(Timestamp now, in RtcpPacket packet);

    private protected abstract void OnDataEvent(Timestamp now, in DataChannelEvent dataEvent);

    /// <summary>Writes what is due; the connection is up.</summary>
    private protected abstract void Work(Timestamp now, NtpTime wallClock, in NetworkPath path, DatagramWriter output);

    /// <summary>The peer is gone; frees what the derived class holds.</summary>
    private protected abstract void OnClosed();

    /// <summary>Asks for a turn; on the loop's thread.</summary>
    private protected void Wake()
    {
        if (Slot >= 0)
        {
            _loop!.Touch(this);
        }
    }

    /// <summary>Encrypts and sends a compound RTCP packet that lies at the beginning of <paramref name="space"/>.</summary>
    private protected void SendRtcp(in NetworkPath path, DatagramWriter output, ReadOnlySpan<byte> compound)
    {
        var space = output.Reserve(path, compound.Length + Protocols.Srtp.SrtpContext.MaxRtcpOverhead);
        compound.CopyTo(space);
        var length = _connection!.ProtectRtcp(space, compound.Length);
        if (length > 0)
        {
            output.Commit(length);
        }
    }

    // An answer's policy names the offerer's role: who wants to receive lets the other side publish.
    private static AnswerPolicy PolicyOf(OfferOptions wants) => new()
    {
        Role = wants.Role == NegotiationRole.Subscribe ? NegotiationRole.Publish : NegotiationRole.Subscribe,
        VideoCodecs = wants.VideoCodecs,
        AudioExtensions = wants.AudioExtensions,
        VideoExtensions = wants.VideoExtensions,
        VideoFeedback = wants.VideoFeedback,
        AllowDataChannel = wants.Data,
        MaxMessageSize = wants.MaxMessageSize,
        OpusStereo = wants.OpusStereo,
        Streams = wants.Streams,
    };

    private bool TryTake(NegotiatedSession session, [NotNullWhen(false)] out string? error)
    {
        _candidates = ReadCandidates(session);
        if (_candidates.Count == 0)
        {
            error = "the server's SDP has no UDP candidate with an IP address";
            return false;
        }

        error = null;
        Session = session;
        OnNegotiated(session);
        return true;
    }

    private static List<TransportAddress> ReadCandidates(NegotiatedSession session)
    {
        var candidates = new List<TransportAddress>();
        foreach (var candidate in session.RemoteCandidates)
        {
            if (candidate is { IsUdp: true, Component: 1 } && IPAddress.TryParse(candidate.Address, out var address))
            {
                candidates.Add(TransportAddress.From(address, (ushort)candidate.Port));
            }
        }

        return candidates;
    }

    private void Receive(Timestamp now, PeerConnection connection, Span<byte> datagram, in NetworkPath path)
    {
        if (connection.IsConnected && TryTakeProtected(now, datagram))
        {
            return;
        }

        switch (connection.Receive(now, datagram, path, out var length))
        {
            case PacketKind.Rtp:
                OnRtp(now, datagram[..length]);
                break;
            case PacketKind.Rtcp:
                ReadRtcp(now, datagram[..length]);
                break;
        }

        NoteConnected(now);
    }

    private void NoteConnected(Timestamp now)
    {
        if (_connectedAt < 0 && _connection!.IsConnected)
        {
            Volatile.Write(ref _connectedAt, now.Nanoseconds);
            _connected.SetResult();
            OnConnected(now);
        }
    }

    private void ReadRtcp(Timestamp now, ReadOnlySpan<byte> compound)
    {
        if (!RtcpReader.TryParse(compound, out var reader))
        {
            Drops.Count(DropReason.RtcpMalformed);
            return;
        }

        while (reader.TryReadNext(out var packet))
        {
            OnRtcp(now, packet);
        }
    }

    private void ReadDataEvents(Timestamp now)
    {
        if (_connection!.Data is not { } data)
        {
            return;
        }

        while (data.TryReadEvent(out var dataEvent))
        {
            OnDataEvent(now, dataEvent);
        }
    }

    private void WriteDatagrams(Timestamp now)
    {
        if (_connection is not { } connection)
        {
            return;
        }

        var scratch = _loop!.Scratch;
        while (connection.TryWriteDatagram(now, scratch, out var length, out var path))
        {
            scratch.AsSpan(0, length).CopyTo(_socket!.Reserve(path, length));
            _socket.Commit(length);
        }
    }
}
