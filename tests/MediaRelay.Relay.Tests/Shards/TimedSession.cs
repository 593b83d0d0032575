using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Dtls;
using MediaRelay.Protocols.Ice;
using MediaRelay.Protocols.Peers;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Rooms;
using MediaRelay.Relay.Sessions;

namespace MediaRelay.Relay.Tests.Shards;

/// <summary>A session that has nothing but a deadline.</summary>
internal sealed class TimedSession : PeerSession
{
    public TimedSession(RelayCore relay, Room room, DtlsCertificate certificate)
        : base(relay, room, "id", "identity", MakePeer(certificate), "ufrag")
    {
    }

    public Timestamp Deadline { get; set; } = Timestamp.Never;

    private protected override Timestamp NextWork => Deadline;

    private protected override void HandleRtp(Timestamp now, PacketBuffer packet) => packet.Dispose();

    private protected override void HandleRtcp(Timestamp now, Timestamp arrivedAt, ReadOnlySpan<byte> packet)
    {
    }

    private protected override void OnConnected(Timestamp now)
    {
    }

    private protected override void OnClosed(Timestamp now)
    {
    }

    private protected override void WriteReports(Timestamp now, DatagramWriter output)
    {
    }

    private static PeerConnection MakePeer(DtlsCertificate certificate) => new(
        new PeerOptions
        {
            Certificate = certificate,
            LocalCredentials = IceCredentials.Create(),
            RemoteCredentials = IceCredentials.Create(),
            RemoteFingerprint = certificate.Fingerprint,
            Pool = new PacketPool(),
        },
        new PacketDrops(),
        new Random(1));
}
