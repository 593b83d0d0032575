using MediaRelay.Protocols.Rtp;
using MediaRelay.Relay.Forwarding;
using MediaRelay.Testing;

namespace MediaRelay.Relay.Tests.Forwarding;

/// <summary>Which packets of a picture are made equally long, and what padding they get (RFC 3550 §5.1).</summary>
public sealed class RunPaddingTests : IDisposable
{
    private readonly LeakCheckingPacketPool _pool = new();
    private readonly List<FeedPacket> _packets = [];

    public void Dispose()
    {
        FeedPackets.Release(_packets);
        _pool.Dispose();
    }

    [Fact]
    public void Apply_UnevenPicture_MakesAllButTheLastEquallyLong()
    {
        AddPicture(1_100, 1_080, 1_050, 1_100, 300);
        RunPadding.Apply(_packets);

        Assert.Equal([0, 20, 50, 0, 0], _packets.Select(packet => packet.PaddingLength));
        Assert.All(_packets[..4], packet => Assert.Equal(1_100, packet.Body.Length));
        Assert.Equal(300, _packets[4].Body.Length);
    }

    [Fact]
    public void Apply_SoundBehindThePicture_PadsItsLastPacketToo()
    {
        AddPicture(1_100, 1_100, 1_100, 1_000);
        _packets.Add(FeedPackets.Sound(_pool, 1));
        RunPadding.Apply(_packets);

        Assert.Equal([0, 0, 0, 100, 0], _packets.Select(packet => packet.PaddingLength));
    }

    [Fact]
    public void Apply_SoundBeforeThePicture_LeavesItsLastPacketAlone()
    {
        _packets.Add(FeedPackets.Sound(_pool, 1));
        AddPicture(1_100, 1_100, 1_100, 1_000);
        RunPadding.Apply(_packets);

        Assert.All(_packets, packet => Assert.Equal(0, packet.PaddingLength));
    }

    [Theory]
    [InlineData(255, 255)]
    [InlineData(256, 0)]
    public void Apply_DifferenceInOneByte_IsPaddedAndALargerOneIsNot(int difference, int padding)
    {
        AddPicture(1_100, 1_100, 1_100, 1_100 - difference, 1_100);
        RunPadding.Apply(_packets);

        Assert.Equal(padding, _packets[3].PaddingLength);
    }

    [Fact]
    public void Apply_CostMoreThanAnEighth_IsNotSpent()
    {
        AddPicture(400, 200, 200, 200, 200, 200, 400);
        RunPadding.Apply(_packets);

        // 1,800 bytes allow 225 more: one packet of 200.
        Assert.Equal([0, 200, 0, 0, 0, 0, 0], _packets.Select(packet => packet.PaddingLength));
    }

    [Fact]
    public void Apply_SeveralLayersAndPictures_EachIsPaddedByItself()
    {
        AddPicture(1_000, 990, 500);
        AddPicture(timestamp: 6_000, layer: 1, 300, 290, 300);
        RunPadding.Apply(_packets);

        Assert.Equal([0, 10, 0, 0, 10, 0], _packets.Select(packet => packet.PaddingLength));
    }

    [Fact]
    public void Apply_PaddedPacket_IsValidOnTheWireAndItsContentIsUntouched()
    {
        AddPicture(1_100, 1_081, 1_100);
        var before = _packets[1].Payload.ToArray();
        RunPadding.Apply(_packets);
        var wire = new byte[RtpPacket.FixedHeaderLength + _packets[1].Body.Length];
        RtpHeaderWriter.Write(wire, marker: false, new PayloadType(96), new SequenceNumber(1), new RtpTimestamp(1), new Ssrc(1));
        wire[0] |= 0x20;
        _packets[1].Body.CopyTo(wire.AsSpan(RtpPacket.FixedHeaderLength));

        Assert.True(RtpPacket.TryParse(wire, out var parsed));
        Assert.Equal(19, parsed.PaddingLength);
        Assert.Equal(before, parsed.Payload.ToArray());
        Assert.Equal(before, _packets[1].Payload.ToArray());
    }

    [Fact]
    public void Apply_SinglePacket_IsLeftAlone()
    {
        AddPicture(500);
        _packets.Add(FeedPackets.Sound(_pool, 1));
        RunPadding.Apply(_packets);

        Assert.All(_packets, packet => Assert.Equal(0, packet.PaddingLength));
    }

    private void AddPicture(params int[] lengths) => AddPicture(3_000, 0, lengths);

    private void AddPicture(uint timestamp, byte layer, params int[] lengths)
    {
        for (var i = 0; i < lengths.Length; i++)
        {
            _packets.Add(FeedPackets.Video(
                _pool, _packets.Count, timestamp, marker: i == lengths.Length - 1, length: lengths[i], layer: layer));
        }
    }
}
