using System.Buffers.Binary;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Sdp;

namespace MediaRelay.Relay.Tests;

/// <summary>A host who sends several encodings of its picture, told apart by rid.</summary>
public class SimulcastTests
{
    private static readonly OfferOptions TwoEncodings = new()
    {
        Role = NegotiationRole.Publish,
        VideoCodecs = [SdpCodec.Vp8],
        Audio = false,
        Streams = new AnnouncedStreams("host", "stream", "a", "v", 2_000, 1_000, 1_001),
        SimulcastRids = ["q", "f"],
    };

    [Fact]
    public void Viewer_GetsTheLargestEncoding_AndTheSmallerOneWhenItStops()
    {
        using var harness = new RelayHarness(2, FeedTests.TestSlate());
        var room = harness.Room();
        var host = harness.Publish(room, TwoEncodings);
        harness.Connect(host);
        var viewer = harness.Watch(room, FeedTests.ViewerOptions);
        harness.Connect(viewer);
        var small = new Encoding(harness, host, "q", 500, 320, 180);
        var large = new Encoding(harness, host, "f", 600, 1280, 720);

        var requests = 0;
        for (var i = 0; i < 60; i++)
        {
            var isAsked = host.KeyFrameRequests > requests;
            requests = host.KeyFrameRequests;
            small.Send(isKeyFrame: i == 0 || isAsked);
            if (i >= 10)
            {
                large.Send(isKeyFrame: i == 10 || isAsked);
            }

            harness.Run(35);
        }

        Assert.Equal(600, Width(FeedTests.Video(viewer)[^1].Payload));
        requests = host.KeyFrameRequests;
        for (var i = 0; i < 90; i++)
        {
            small.Send(isKeyFrame: host.KeyFrameRequests > requests);
            requests = host.KeyFrameRequests;
            harness.Run(35);
        }

        Assert.Equal(500, Width(FeedTests.Video(viewer)[^1].Payload));
        FeedTests.AssertContinuous(FeedTests.Video(viewer));
    }

    [Fact]
    public void Packet_WithoutARidOfTheOffer_IsDroppedAndCounted()
    {
        using var harness = new RelayHarness(2);
        var room = harness.Room();
        var host = harness.Publish(room, TwoEncodings);
        harness.Connect(host);
        new Encoding(harness, host, rid: "", 700, 320, 180).Send(isKeyFrame: true);
        harness.Run(20);

        Assert.False(room.IsLive);
        Assert.Equal(1, harness.Shards.Sum(shard => shard.Drops[Protocols.Drops.DropReason.RtpUnknownSsrc]));
    }

    // The SSRC is repeated in the payload, so that a viewer's copy tells which encoding it came from.
    private static int Width(byte[] payload) => BinaryPrimitives.ReadInt32BigEndian(payload.AsSpan(payload.Length - 4));

    private sealed class Encoding(RelayHarness harness, TestPeer host, string rid, uint ssrc, ushort width, ushort height)
    {
        private ushort _sequence = 10;
        private uint _timestamp = ssrc * 7;

        public void Send(bool isKeyFrame)
        {
            var media = host.Session!.Video!;
            Span<byte> elements = stackalloc byte[64];
            var extensions = new RtpExtensionsBuilder(elements);
            extensions.Add(media.Extensions[HeaderExtensions.MidUri], System.Text.Encoding.ASCII.GetBytes(media.Mid!));
            if (rid.Length > 0)
            {
                extensions.Add(media.Extensions[HeaderExtensions.RidUri], System.Text.Encoding.ASCII.GetBytes(rid));
            }

            var header = new byte[64];
            var length = RtpHeaderWriter.Write(
                header, marker: true, new PayloadType(media.Codecs[0].PayloadType), new SequenceNumber(_sequence++),
                new RtpTimestamp(_timestamp), new Ssrc(ssrc), extensions);
            _timestamp += 3_150;
            harness.Send(host, host.Protect(header.AsSpan(0, length), Payload(isKeyFrame)));
        }

        private byte[] Payload(bool isKeyFrame)
        {
            var payload = new byte[40];
            payload[0] = 0x10;
            payload[1] = (byte)(isKeyFrame ? 0x10 : 0x11);
            if (isKeyFrame)
            {
                payload[4] = 0x9D;
                payload[5] = 0x01;
                payload[6] = 0x2A;
                BinaryPrimitives.WriteUInt16LittleEndian(payload.AsSpan(7), width);
                BinaryPrimitives.WriteUInt16LittleEndian(payload.AsSpan(9), height);
            }

            BinaryPrimitives.WriteInt32BigEndian(payload.AsSpan(36), (int)ssrc);
            return payload;
        }
    }
}
