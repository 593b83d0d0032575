using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Network;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Relay.Tests;

/// <summary>The whole way of a packet through the relay, from its arrival to the viewers' datagrams.</summary>
[Collection(AllocationCollection.Name)]
public class ForwardingAllocationTests
{
    private const int PacketsPerPicture = 4;

    [Theory]
    [InlineData(1, true)]
    [InlineData(20, true)]
    [InlineData(20, false)]
    public void Forwarding_InSteadyState_AllocatesNothing(int viewers, bool takesRtx)
    {
        var pool = new PacketPool();
        pool.Prefill(4_096);
        using var harness = new RelayHarness(1, pool: pool);
        var room = harness.Room();
        var host = FeedTests.Start(harness, room, 1);
        for (var i = 0; i < viewers; i++)
        {
            harness.Connect(harness.Watch(room, FeedTests.ViewerOptions with { Rtx = takesRtx }));
        }

        host.Play(1_000);
        var datagrams = new List<byte[]>();
        for (var picture = 0; picture < 3_600; picture++)
        {
            AddPicture(host.Peer, (ushort)(20_000 + (picture * PacketsPerPicture)), (uint)picture * 3_000, picture == 0, datagrams);
        }

        var output = new CountingWriter();
        var shard = harness.Shards[0];
        var path = new NetworkPath(RelayHarness.ServerAddress, host.Peer.Address);
        var now = harness.Now;
        var next = 0;
        // Reports and timers of every kind have run by then, and the histories have grown.
        Forward(6_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var sent = output.Count;
        Forward(8_000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.InRange(output.Count - sent, 8_000L * viewers, (8_000L * viewers) + (50 * viewers));

        void Forward(int count)
        {
            for (var end = next + count; next < end; next++)
            {
                var buffer = pool.Rent();
                buffer.TrySet(datagrams[next]);
                shard.HandleDatagram(now, buffer, path);
                if (next % PacketsPerPicture == PacketsPerPicture - 1)
                {
                    now += TimeSpan.FromMilliseconds(5);
                    shard.Process(now, harness.WallClock, output);
                }
            }
        }
    }

    /// <summary>The packets of a picture as they come from the host's socket: making them is not what is measured.</summary>
    private static void AddPicture(TestPeer host, ushort number, uint timestamp, bool isKeyFrame, List<byte[]> datagrams)
    {
        for (var i = 0; i < PacketsPerPicture; i++)
        {
            // Packets of different length, so that runs are padded.
            var payload = new byte[900 + (i * 20)];
            payload[0] = (byte)(isKeyFrame && i == 0 ? 0x67 : 0x61);
            var header = new byte[RtpPacket.FixedHeaderLength];
            RtpHeaderWriter.Write(
                header, marker: i == PacketsPerPicture - 1, new PayloadType(host.Session!.Video!.Codecs[0].PayloadType),
                new SequenceNumber((ushort)(number + i)), new RtpTimestamp(timestamp), new Ssrc(FakeHost.VideoSsrc));
            datagrams.Add(host.Protect(header, payload));
        }
    }

    private sealed class CountingWriter : DatagramWriter
    {
        private readonly byte[] _space = new byte[PacketBuffer.MaxLength];

        public long Count { get; private set; }

        public override void To(in NetworkPath path)
        {
        }

        public override Span<byte> Reserve(int maxLength) => _space.AsSpan(0, maxLength);

        public override void Commit(int length) => Count++;
    }
}
