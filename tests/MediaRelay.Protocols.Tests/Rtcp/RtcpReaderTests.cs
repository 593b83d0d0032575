using System.Text;
using MediaRelay.Protocols.Rtcp;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Tests.Rtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Tests.Rtcp;

public class RtcpReaderTests
{
    private static readonly Ssrc Sender = new(0x1111_1111);
    private static readonly Ssrc Media = new(0x2222_2222);

    [Fact]
    public void TryReadNext_Compound_GivesEveryPacketInOrder()
    {
        var compound = MakeCompound();
        var types = new List<(RtcpType Type, int Count)>();
        Assert.True(RtcpReader.TryParse(compound, out var reader));
        while (reader.TryReadNext(out var packet))
        {
            types.Add((packet.Type, packet.Count));
        }

        Assert.Equal(
            [
                (RtcpType.SenderReport, 2),
                (RtcpType.SourceDescription, 1),
                (RtcpType.TransportLayerFeedback, 1),
                (RtcpType.PayloadSpecificFeedback, 1),
                (RtcpType.PayloadSpecificFeedback, 4),
                (RtcpType.PayloadSpecificFeedback, 15),
                (RtcpType.TransportLayerFeedback, 15),
                (RtcpType.Goodbye, 2),
            ],
            types);
    }

    [Fact]
    public void TryParse_TruncatedAtEveryLength_NeverThrowsAndTakesWholePacketsOnly()
    {
        var compound = MakeCompound();
        var valid = 0;
        for (var length = 0; length < compound.Length; length++)
        {
            valid += RtcpHarness.ReadAll(compound.AsSpan(0, length)) > 0 ? 1 : 0;
        }

        Assert.Equal(7, valid);
    }

    [Fact]
    public void TryParse_BodyTruncatedAtEveryWord_ViewsNeverThrow()
    {
        // The packet's length field is cut with it, so that the views see bodies that are too short.
        Assert.True(RtcpReader.TryParse(MakeCompound(), out var reader));
        while (reader.TryReadNext(out var packet))
        {
            for (var words = 0; words <= packet.Body.Length / 4; words++)
            {
                byte[] cut = [(byte)(0x80 | packet.Count), (byte)packet.Type, 0, (byte)words, .. packet.Body[..(words * 4)]];
                Assert.True(RtcpHarness.ReadAll(cut) >= 1);
            }
        }
    }

    [Fact]
    public void TryParse_RandomBodies_NeverThrow()
    {
        const int Seed = 4585;
        var random = new Random(Seed);
        var values = 0;
        for (var i = 0; i < 30_000; i++)
        {
            var words = random.Next(12);
            var data = new byte[(words + 1) * 4];
            random.NextBytes(data);
            data[0] = (byte)(0x80 | (random.Next(10) == 0 ? 0x20 : 0) | (random.Next(2) == 0 ? 15 : random.Next(8)));
            data[1] = (byte)random.Next(200, 208);
            data[2] = 0;
            data[3] = (byte)words;
            values += RtcpHarness.ReadAll(data);
        }

        Assert.True(values > 30_000, $"seed {Seed}: {values}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("80 C9 00")]
    [InlineData("40 C9 00 00")] // version 1
    [InlineData("80 C9 00 02 00 00 00 01")] // length past the end
    [InlineData("80 C9 00 01 00 00 00 01 80")] // rest too short for a packet
    [InlineData("A0 C9 00 01 00 00 00 00")] // padding of 0 bytes
    [InlineData("A0 C9 00 01 00 00 00 05")] // padding longer than the body
    public void TryParse_Malformed_ReturnsFalse(string hex) => Assert.False(RtcpReader.TryParse(Bytes.FromHex(hex), out _));

    [Fact]
    public void TryParse_ExtendedReportAndUnknownType_ArePassedOver()
    {
        var compound = Bytes.FromHex("80 CF 00 03 00 00 00 01 04 00 00 02 00 00 00 00  80 DF 00 00  80 C9 00 01 00 00 00 07");
        Assert.True(RtcpReader.TryParse(compound, out var reader));

        Assert.True(reader.TryReadNext(out var extended));
        Assert.Equal(RtcpType.ExtendedReport, extended.Type);
        Assert.True(reader.TryReadNext(out _));
        Assert.True(reader.TryReadNext(out var last));
        Assert.True(ReceiverReport.TryParse(last, out var report));
        Assert.Equal(new Ssrc(7), report.SenderSsrc);
        Assert.Equal(0, report.ReportBlocks.Count);
    }

    [Theory]
    [InlineData(0xC8, true)]
    [InlineData(0xCF, true)]
    [InlineData(0x6F, false)]
    [InlineData(0xE0, false)]
    public void IsRtcp_SecondByte_IsAsRfc5761Says(byte second, bool expected) =>
        Assert.Equal(expected, RtcpReader.IsRtcp([0x80, second]));

    [Fact]
    public void SenderReport_WriteThenRead_IsTheSame()
    {
        ReportBlock[] blocks =
        [
            new(Media, 255, -3, 0x0001_FFFF, 42, 0x1234_5678, 0x9ABC_DEF0),
            new(new Ssrc(3), 0, 0x7F_FFFF, 7, 0, 0, 0),
        ];
        var data = new byte[256];

        var length = RtcpWriter.WriteSenderReport(data, Sender, new NtpTime(0x0102_0304_0506_0708), new RtpTimestamp(9), 10, 11, blocks);

        Assert.Equal(76, length);
        Assert.True(SenderReport.TryParse(RtcpHarness.Single(data.AsSpan(0, length)), out var report));
        Assert.Equal(Sender, report.SenderSsrc);
        Assert.Equal(new NtpTime(0x0102_0304_0506_0708), report.NtpTime);
        Assert.Equal(new RtpTimestamp(9), report.RtpTimestamp);
        Assert.Equal((10u, 11u), (report.PacketCount, report.OctetCount));
        Assert.Equal((2, blocks[0], blocks[1]), (report.ReportBlocks.Count, report.ReportBlocks[0], report.ReportBlocks[1]));
    }

    [Fact]
    public void RoundTrip_ExampleOfRfc3550Figure2_Is6125Milliseconds()
    {
        // §6.4.1: A = b710:8000, LSR = b705:2000, DLSR = 0005:4000.
        var block = new ReportBlock(Media, 0, 0, 0, 0, 0xB705_2000, 0x0005_4000);

        Assert.Equal(TimeSpan.FromMilliseconds(6_125), block.RoundTrip(new NtpTime(0xB710_8000UL << 16)));
    }

    [Fact]
    public void RoundTrip_NoSenderReportOrRoundedBelowZero_IsNullOrZero()
    {
        Assert.Null(new ReportBlock(Media, 0, 0, 0, 0, 0, 0).RoundTrip(new NtpTime(1)));
        Assert.Equal(TimeSpan.Zero, new ReportBlock(Media, 0, 0, 0, 0, 100, 1).RoundTrip(new NtpTime(100UL << 16)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("ab")]
    [InlineData("abc")]
    [InlineData("host-é")]
    public void SourceDescription_WriteThenRead_IsTheSame(string cname)
    {
        var data = new byte[64];
        Array.Fill(data, (byte)0xFF);

        var length = RtcpWriter.WriteSourceDescription(data, Media, cname);

        Assert.Equal(0, length % 4);
        Assert.Equal(0, data[length - 1]);
        Assert.True(SourceDescription.TryParse(RtcpHarness.Single(data.AsSpan(0, length)), out var description));
        Assert.True(description.TryReadCname(out var source, out var name));
        Assert.Equal(Media, source);
        Assert.Equal(cname, Encoding.UTF8.GetString(name));
        Assert.False(description.TryReadNext(out _, out _, out _));
    }

    [Fact]
    public void SourceDescription_TwoChunksWithOtherItems_FindsBothNames()
    {
        var data = Bytes.FromHex("""
            82 CA 00 06
            00 00 00 01  02 01 4E 01  01 61 00 00
            00 00 00 02  01 02 62 63  00 00 00 00
            """);
        Assert.True(SourceDescription.TryParse(RtcpHarness.Single(data), out var description));

        Assert.True(description.TryReadCname(out var first, out var firstName));
        Assert.True(description.TryReadCname(out var second, out var secondName));

        Assert.Equal((new Ssrc(1), "a"), (first, Encoding.UTF8.GetString(firstName)));
        Assert.Equal((new Ssrc(2), "bc"), (second, Encoding.UTF8.GetString(secondName)));
    }

    [Theory]
    [InlineData("81 CA 00 00")] // chunk missing
    [InlineData("81 CA 00 02 00 00 00 01 01 05 61 62")] // item past the end
    [InlineData("81 CA 00 02 00 00 00 01 01 02 61 62")] // chunk not ended
    public void SourceDescription_Malformed_ReturnsFalse(string hex) =>
        Assert.False(SourceDescription.TryParse(RtcpHarness.Single(Bytes.FromHex(hex)), out _));

    [Fact]
    public void Goodbye_WithReason_GivesTheSources()
    {
        var data = Bytes.FromHex("82 CB 00 03 00 00 00 05 00 00 00 06 03 62 79 65");

        Assert.True(Goodbye.TryParse(RtcpHarness.Single(data), out var goodbye));

        Assert.Equal([new Ssrc(5), new Ssrc(6)], [goodbye.Sources[0], goodbye.Sources[1]]);
        Assert.Equal(2, goodbye.Sources.Count);
    }

    [Fact]
    public void Nack_WriteThenRead_PacksIntoPairsAcrossTheWrap()
    {
        ushort[] lost = [0xFFF0, 0xFFF1, 0x0000, 0x0001, 0x0011, 0x0012];
        var data = new byte[64];

        var length = RtcpWriter.WriteNack(data, Sender, Media, ToNumbers(lost), out var taken);

        // FFF0 with FFF1 and 0000 (16 behind), 0001 with 0011 (16 behind), 0012.
        Assert.Equal(Bytes.FromHex("81 CD 00 05 11111111 22222222 FFF0 8001 0001 8000 0012 0000"), data[..length]);
        Assert.Equal(6, taken);
        Assert.True(Nack.TryParse(RtcpHarness.Single(data.AsSpan(0, length)), out var nack));
        Assert.Equal((Sender, Media), (nack.SenderSsrc, nack.MediaSsrc));
        var found = new List<ushort>();
        foreach (var number in nack)
        {
            found.Add(number.Value);
        }

        Assert.Equal(lost, found);
    }

    [Fact]
    public void WriteNack_DestinationFull_TakesWhatFits()
    {
        var lost = ToNumbers([0, 100, 101, 200]);

        var length = RtcpWriter.WriteNack(new byte[20], Sender, Media, lost, out var taken);

        Assert.Equal((20, 3), (length, taken));
        Assert.Equal(0, RtcpWriter.WriteNack(new byte[20], Sender, Media, [], out _));
    }

    [Fact]
    public void KeyFrameRequests_WriteThenRead_AreTheSame()
    {
        var data = new byte[64];

        var pli = RtcpWriter.WritePictureLossIndication(data, Sender, Media);
        Assert.Equal(Bytes.FromHex("81 CE 00 02 11111111 22222222"), data[..pli]);
        Assert.True(PictureLossIndication.TryParse(RtcpHarness.Single(data.AsSpan(0, pli)), out var indication));
        Assert.Equal(new PictureLossIndication(Sender, Media), indication);

        var fir = RtcpWriter.WriteFullIntraRequest(data, Sender, Media, commandSequence: 9);
        Assert.Equal(Bytes.FromHex("84 CE 00 04 11111111 00000000 22222222 09000000"), data[..fir]);
        Assert.True(FullIntraRequest.TryParse(RtcpHarness.Single(data.AsSpan(0, fir)), out var request));
        var entries = request.GetEnumerator();
        Assert.True(entries.MoveNext());
        Assert.Equal(new FullIntraRequest.Entry(Media, 9), entries.Current);
        Assert.False(entries.MoveNext());
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(262_143, 262_143)]
    [InlineData(262_144, 262_144)]
    [InlineData(1_500_001, 1_500_000)]
    [InlineData(long.MaxValue, 0x7FFF_E000_0000_0000)]
    public void Remb_WriteThenRead_KeepsEighteenBits(long bitsPerSecond, long expected)
    {
        var data = new byte[64];

        var length = RtcpWriter.WriteRemb(data, Sender, bitsPerSecond, [Media, new Ssrc(3)]);

        Assert.True(Remb.TryParse(RtcpHarness.Single(data.AsSpan(0, length)), out var remb));
        Assert.Equal(expected, remb.BitsPerSecond);
        Assert.Equal(Sender, remb.SenderSsrc);
        Assert.Equal([Media, new Ssrc(3)], [remb.Sources[0], remb.Sources[1]]);
    }

    [Fact]
    public void Remb_LargestExponent_Saturates()
    {
        var data = Bytes.FromHex("8F CE 00 05 11111111 00000000 52454D42 01 FFFFFF 22222222");

        Assert.True(Remb.TryParse(RtcpHarness.Single(data), out var remb));

        Assert.Equal(long.MaxValue, remb.BitsPerSecond);
    }

    private static SequenceNumber[] ToNumbers(ushort[] numbers) => Array.ConvertAll(numbers, number => new SequenceNumber(number));

    private static byte[] MakeCompound()
    {
        var data = new byte[1_000];
        var block = new ReportBlock(Media, 1, 2, 3, 4, 5, 6);
        var length = RtcpWriter.WriteSenderReport(data, Sender, new NtpTime(1), new RtpTimestamp(2), 3, 4, [block, block]);
        length += RtcpWriter.WriteSourceDescription(data.AsSpan(length), Sender, "relay");
        length += RtcpWriter.WriteNack(data.AsSpan(length), Sender, Media, ToNumbers([1, 3, 40]), out _);
        length += RtcpWriter.WritePictureLossIndication(data.AsSpan(length), Sender, Media);
        length += RtcpWriter.WriteFullIntraRequest(data.AsSpan(length), Sender, Media, 1);
        length += RtcpWriter.WriteRemb(data.AsSpan(length), Sender, 1_500_000, [Media]);
        var builder = new TransportFeedbackBuilder(TimeSpan.Zero);
        for (ushort sequence = 0; sequence < 40; sequence += 3)
        {
            builder.OnPacket(Timestamp.FromMilliseconds(sequence * 40), sequence);
        }

        Assert.True(builder.TryWrite(Timestamp.FromMilliseconds(2_000), Sender, Media, data.AsSpan(length), out var written));
        length += written;
        length += RtcpWriter.WriteGoodbye(data.AsSpan(length), [Sender, Media]);
        return data[..length];
    }
}
