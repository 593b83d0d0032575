using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Dtls;
using MediaRelay.Protocols.Ice;
using MediaRelay.Protocols.Network;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Peers;
using MediaRelay.Protocols.Rtcp;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Sdp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Relay.Tests;

/// <summary>A headless client of the relay in virtual time: offers, connects, sends and receives plain packets.</summary>
internal sealed class TestPeer : IDisposable
{
    private readonly DtlsCertificate _certificate = DtlsCertificate.Create();
    private readonly IceCredentials _credentials = IceCredentials.Create();
    private readonly SessionDescription _offer;
    private readonly PacketPool _pool = new();

    public TestPeer(TransportAddress address, OfferOptions options)
    {
        Address = address;
        var transport = new LocalTransport(
            _credentials.Ufrag, _credentials.Password, _certificate.Fingerprint.Algorithm, _certificate.Fingerprint.Value, []);
        _offer = OfferBuilder.Build(options, transport);
    }

    public TransportAddress Address { get; }

    public string Offer => _offer.ToString();

    public PeerConnection? Connection { get; private set; }

    public NegotiatedSession? Session { get; private set; }

    public PacketDrops Drops { get; } = new();

    /// <summary>What the relay made for this peer.</summary>
    public Sessions.PeerSession? Owner { get; set; }

    /// <summary>Takes plain RTP packets as they arrive, instead of <see cref="Rtp"/>.</summary>
    public Action<byte[]>? OnRtp { get; set; }

    /// <summary>Plain RTP packets, in order of arrival.</summary>
    public List<byte[]> Rtp { get; } = [];

    public List<(uint Ssrc, NtpTime Ntp, uint Rtp)> SenderReports { get; } = [];

    public int KeyFrameRequests { get; private set; }

    public List<ushort> Nacked { get; } = [];

    /// <summary>The SSRCs that key frames were asked of, in order.</summary>
    public List<uint> PictureLosses { get; } = [];

    /// <summary>What NACKs named, in order.</summary>
    public List<(uint Ssrc, ushort Number)> Nacks { get; } = [];

    /// <summary>What transport-wide feedback told, message by message.</summary>
    public List<List<TransportFeedbackEntry>> TransportFeedback { get; } = [];

    public void Accept(Timestamp now, string answer)
    {
        Assert.True(SessionDescription.TryParse(answer, out var parsed, out var error), error);
        Assert.True(AnswerReader.TryRead(_offer, parsed!, out var session, out var problem), problem);
        Session = session;
        var print = session!.RemoteFingerprints[0];
        Connection = new PeerConnection(
            new PeerOptions
            {
                Certificate = _certificate,
                LocalCredentials = _credentials,
                RemoteCredentials = new IceCredentials(session.RemoteIceUfrag, session.RemoteIcePwd),
                RemoteFingerprint = new Fingerprint(print.Algorithm, print.Value),
                Pool = _pool,
                HasData = session.Data is not null,
            },
            Drops,
            new Random(1),
            Address,
            [.. session.RemoteCandidates.Select(candidate => TransportAddress.From(
                System.Net.IPAddress.Parse(candidate.Address), (ushort)candidate.Port))]);
        Connection.Start(now);
    }

    public void Receive(Timestamp now, byte[] datagram, in NetworkPath path)
    {
        var copy = datagram.ToArray();
        switch (Connection!.Receive(now, copy, new NetworkPath(path.Remote, path.Local), out var length))
        {
            case PacketKind.Rtp:
                TakeRtp(copy[..length]);
                break;
            case PacketKind.Rtcp:
                ReadRtcp(copy.AsSpan(0, length));
                break;
        }
    }

    /// <summary>The text messages that came on data channels since the last call.</summary>
    public List<string> TakeMessages()
    {
        var messages = new List<string>();
        while (Connection!.Data!.TryReadEvent(out var channelEvent))
        {
            if (channelEvent.Kind == Protocols.DataChannels.DataChannelEventKind.Message)
            {
                messages.Add(System.Text.Encoding.UTF8.GetString(channelEvent.Data.Span));
            }
        }

        return messages;
    }

    /// <summary>What came on RTX streams (RFC 4588), turned back into the packets that were lost.</summary>
    public List<byte[]> Retransmissions()
    {
        var restored = new List<byte[]>();
        foreach (var raw in Rtp)
        {
            Assert.True(RtpPacket.TryParse(raw, out var packet));
            var type = packet.PayloadType.Value;
            if (Session!.Video?.Codecs.FirstOrDefault(codec => codec.RtxPayloadType == type) is { } codec)
            {
                Assert.Equal(Session.Video.RemoteSources[0].RtxSsrc, packet.Ssrc.Value);
                var space = new byte[raw.Length];
                var media = new Ssrc(Session.Video.RemoteSources[0].Ssrc);
                Assert.True(RtxPayload.TryRestore(packet, new PayloadType(codec.PayloadType), media, space, out var length));
                restored.Add(space[..length]);
            }
        }

        return restored;
    }

    public byte[] Protect(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        var space = new byte[PacketBuffer.MaxLength];
        var length = Connection!.ProtectRtp(header, payload, space);
        Assert.NotEqual(0, length);
        return space[..length];
    }

    public byte[] ProtectRtcp(ReadOnlySpan<byte> packet)
    {
        var space = new byte[PacketBuffer.MaxLength];
        packet.CopyTo(space);
        return space[..Connection!.ProtectRtcp(space, packet.Length)];
    }

    public void Dispose()
    {
        Connection?.Dispose();
        _certificate.Dispose();
    }

    private void TakeRtp(byte[] packet)
    {
        if (OnRtp is { } take)
        {
            take(packet);
        }
        else
        {
            Rtp.Add(packet);
        }
    }

    private void ReadRtcp(ReadOnlySpan<byte> compound)
    {
        Assert.True(RtcpReader.TryParse(compound, out var reader));
        while (reader.TryReadNext(out var part))
        {
            if (SenderReport.TryParse(part, out var report))
            {
                SenderReports.Add((report.SenderSsrc.Value, report.NtpTime, report.RtpTimestamp.Value));
            }
            else if (part.IsPictureLossIndication)
            {
                KeyFrameRequests++;
                Assert.True(PictureLossIndication.TryParse(part, out var loss));
                PictureLosses.Add(loss.MediaSsrc.Value);
            }
            else if (Protocols.Rtcp.TransportFeedback.TryParse(part, out var feedback))
            {
                var entries = new List<TransportFeedbackEntry>();
                foreach (var entry in feedback)
                {
                    entries.Add(entry);
                }

                TransportFeedback.Add(entries);
            }
            else if (Nack.TryParse(part, out var nack))
            {
                foreach (var number in nack)
                {
                    Nacked.Add(number.Value);
                    Nacks.Add((nack.MediaSsrc.Value, number.Value));
                }
            }
        }
    }
}
