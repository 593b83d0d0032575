using System.Diagnostics.CodeAnalysis;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.DataChannels;
using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Dtls;
using MediaRelay.Protocols.Ice;
using MediaRelay.Protocols.Network;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Sdp;
using MediaRelay.Protocols.Srtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Peers;

/// <summary>A viewer and the relay's side of it, whose datagrams are carried by hand.</summary>
internal sealed class WarmUpPair : IDisposable
{
    // Documentation addresses (RFC 5737): nothing is ever sent to them.
    private static readonly TransportAddress ViewerAddress = TransportAddress.FromIPv4(0xC0000201, 4000);
    private static readonly TransportAddress RelayAddress = TransportAddress.FromIPv4(0xC0000202, 5000);
    private static readonly NetworkPath AtRelay = new(RelayAddress, ViewerAddress);
    private static readonly NetworkPath AtViewer = new(ViewerAddress, RelayAddress);

    // A handshake takes 4 rounds, an association 4; more than this is an endless exchange.
    private const int MostRounds = 64;
    private const int MessageLength = 4_000;
    private const int MediaPayloadLength = 1_150;
    private const int Repetitions = 4;

    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(10);

    // Longer than any acknowledgement is delayed, and than the time to the first consent check.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(6);

    private readonly PeerConnection _relay;
    private readonly PeerConnection _viewer;
    private readonly byte[] _datagram = new byte[PacketBuffer.MaxLength];
    private Timestamp _now;

    public WarmUpPair(DtlsCertificate certificate, PacketPool pool, Random random, Timestamp now)
    {
        _now = now;
        var viewerCredentials = IceCredentials.Create();
        var relayCredentials = IceCredentials.Create();
        var fingerprint = certificate.Fingerprint;
        var offer = OfferBuilder.Build(
            new OfferOptions { Role = NegotiationRole.Subscribe, Data = true },
            new LocalTransport(viewerCredentials.Ufrag, viewerCredentials.Password, fingerprint.Algorithm, fingerprint.Value, []));
        var negotiated = Negotiate(offer, relayCredentials, fingerprint);

        var relayOptions = new PeerOptions
        {
            Certificate = certificate,
            LocalCredentials = relayCredentials,
            RemoteCredentials = new IceCredentials(negotiated.RemoteIceUfrag, negotiated.RemoteIcePwd),
            RemoteFingerprint = fingerprint,
            Pool = pool,
            HasData = negotiated.Data is not null,
        };
        var viewerOptions = relayOptions with { LocalCredentials = viewerCredentials, RemoteCredentials = relayCredentials };
        _relay = new PeerConnection(relayOptions, new PacketDrops(), random);
        _viewer = new PeerConnection(viewerOptions, new PacketDrops(), random, ViewerAddress, [RelayAddress]);
    }

    public void Connect()
    {
        _relay.Start(_now);
        _viewer.Start(_now);
        Exchange();
        Require(_relay.IsConnected && _viewer.IsConnected, "do not connect");
    }

    public void ExchangeMedia()
    {
        Span<byte> header = stackalloc byte[RtpPacket.FixedHeaderLength];
        Span<byte> payload = stackalloc byte[MediaPayloadLength];
        payload.Clear();
        for (var i = 0; i < Repetitions; i++)
        {
            RtpHeaderWriter.Write(
                header, marker: true, new PayloadType(96), new SequenceNumber((ushort)i), new RtpTimestamp((uint)i), new Ssrc(1));
            var length = _relay.ProtectRtp(header, payload, _datagram);
            Require(
                _viewer.Receive(_now, _datagram.AsSpan(0, length), AtViewer, out length) == PacketKind.Rtp
                && length == header.Length + payload.Length,
                "lose RTP");

            ExchangeReport(_viewer, _relay, AtRelay);
            ExchangeReport(_relay, _viewer, AtViewer);
        }
    }

    public void ExchangeMessages()
    {
        DataChannel? channel = null;
        Require(
            _viewer.Data?.TryOpen(_now, "warm-up", "", DataChannelReliability.ReliableOrdered, out channel) == true,
            "cannot open a data channel");
        Exchange();
        var received = 0;
        for (var i = 0; i < Repetitions; i++)
        {
            received += CountMessages(_relay) + CountMessages(_viewer);
            Send(_relay, channel!.Id);
            Send(_viewer, channel.Id);
            Exchange();
            Rest();
        }

        received += CountMessages(_relay) + CountMessages(_viewer);
        Require(received == 2 * Repetitions, "lose messages");
    }

    public void Leave()
    {
        _viewer.Close(CloseReason.Requested);
        Exchange();
        Require(_relay.CloseReason == CloseReason.PeerClosed, "do not part");
    }

    public void Dispose()
    {
        _viewer.Dispose();
        _relay.Dispose();
    }

    /// <summary>Both descriptions go through text, as between browser and server.</summary>
    private static NegotiatedSession Negotiate(SessionDescription offer, IceCredentials relayCredentials, Fingerprint fingerprint)
    {
        var transport = new LocalTransport(
            relayCredentials.Ufrag,
            relayCredentials.Password,
            fingerprint.Algorithm,
            fingerprint.Value,
            [(RelayAddress.ToIPAddress().ToString(), RelayAddress.Port)]);
        var policy = new AnswerPolicy
        {
            Role = NegotiationRole.Subscribe,
            AllowDataChannel = true,
            Streams = new AnnouncedStreams("warm-up", "warm-up", "audio", "video", 1, 2, 3),
        };
        NegotiatedSession? negotiated = null;
        Require(
            SessionDescription.TryParse(offer.ToString(), out var parsed, out _)
            && OfferAnswer.TryAnswer(parsed, policy, transport, out negotiated, out _)
            && SessionDescription.TryParse(negotiated.Answer.ToString(), out var answer, out _)
            && AnswerReader.TryRead(offer, answer, out _, out _),
            "do not agree on a description");
        return negotiated!;
    }

    private static int CountMessages(PeerConnection peer)
    {
        var count = 0;
        while (peer.Data!.TryReadEvent(out var channelEvent))
        {
            count += channelEvent.Kind == DataChannelEventKind.Message ? 1 : 0;
        }

        return count;
    }

    private static void Require([DoesNotReturnIf(false)] bool isMet, string failure)
    {
        if (!isMet)
        {
            throw new InvalidOperationException($"Two peers of our own {failure}; nobody could join.");
        }
    }

    private void Send(PeerConnection from, ushort channel) =>
        Require(from.Data!.TrySend(_now, channel, new byte[MessageLength], isBinary: true), "cannot send messages");

    private void ExchangeReport(PeerConnection from, PeerConnection to, in NetworkPath path)
    {
        // An empty receiver report (RFC 3550 §6.4.2).
        ReadOnlySpan<byte> report = [0x80, 201, 0, 1, 0, 0, 0, 1];
        Span<byte> packet = stackalloc byte[report.Length + SrtpContext.MaxRtcpOverhead];
        report.CopyTo(packet);
        var length = from.ProtectRtcp(packet, report.Length);
        Require(to.Receive(_now, packet[..length], path, out _) == PacketKind.Rtcp, "lose RTCP");
    }

    /// <summary>Carries datagrams to and fro until neither side has any.</summary>
    private void Exchange()
    {
        for (var round = 0; round < MostRounds; round++)
        {
            _now += Round;
            if (!Carry(_viewer, _relay, AtRelay) & !Carry(_relay, _viewer, AtViewer))
            {
                return;
            }
        }

        Require(false, "never fall silent");
    }

    private void Rest()
    {
        _now += Pause;
        _relay.HandleTimeout(_now);
        _viewer.HandleTimeout(_now);
        Exchange();
    }

    private bool Carry(PeerConnection from, PeerConnection to, in NetworkPath path)
    {
        var hasCarried = false;
        while (from.TryWriteDatagram(_now, _datagram, out var length, out _))
        {
            hasCarried = true;

            // As the loop does for an address that it does not know yet.
            to.IsAuthentic(_datagram.AsSpan(0, length));
            to.Receive(_now, _datagram.AsSpan(0, length), path, out _);
        }

        return hasCarried;
    }
}
