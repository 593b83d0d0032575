using FsCheck;
using FsCheck.Fluent;
using MediaRelay.Protocols.Rtcp;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Tests.Rtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Tests.Rtcp;

public class TransportFeedbackTests
{
    private static readonly Timestamp Later = Timestamp.FromMilliseconds(3_600_000);

    [Fact]
    public void TryParse_RunLengthExampleOfTheDraft_Is221LostPackets()
    {
        // §3.1.3: 0 00 0000011011101, run length 221, "packet not received".
        var entries = Parse("8F CD 00 05 11111111 22222222  0010 00DD 000001 07  00DD 0000");

        Assert.Equal(221, entries.Count);
        Assert.All(entries, entry => Assert.False(entry.IsReceived));
        Assert.Equal(0x10 + 220, entries[^1].SequenceNumber);
    }

    [Fact]
    public void TryParse_OneBitVectorExampleOfTheDraft_GivesStatusesAndTimes()
    {
        // §3.1.4: 1 0 01111100011100.
        var entries = Parse("""
            8F CD 00 07 11111111 22222222  FFFE 000E 000002 00  9F1C
            04 04 04 04 04 08 08 08  0000
            """);

        Assert.Equal("0 1 1 1 1 1 0 0 0 1 1 1 0 0", string.Join(' ', entries.Select(entry => entry.IsReceived ? 1 : 0)));
        Assert.Equal(0xFFFE, entries[0].SequenceNumber);
        Assert.Equal(0, entries[2].SequenceNumber);
        Assert.Equal(TimeSpan.FromMilliseconds(128 + 1), entries[1].ArrivalTime);
        Assert.Equal(TimeSpan.FromMilliseconds(128 + 11), entries[11].ArrivalTime);
    }

    [Fact]
    public void TryParse_TwoBitVectorAndNegativeTimes_GivesDeltas()
    {
        // 1 1 then 00 10 01 01 10 00 00; the reference time is −1.
        var entries = Parse("8F CD 00 06 11111111 22222222  0000 0007 FFFFFF 00  C960  FFFF 01 02 0400");

        Assert.Equal([0, -1, 1, 2, 1_024, 0, 0], entries.Select(entry => entry.Delta));
        Assert.Equal(-256 - 1 + 1 + 2 + 1_024, entries[4].Arrival);
    }

    [Theory]
    [InlineData("8F CD 00 05 11111111 22222222 0010 0000 000001 07 00DD 0000")] // no status
    [InlineData("8F CD 00 05 11111111 22222222 0010 FFFF 000001 07 1FFF 1FFF")] // more statuses than chunks
    [InlineData("8F CD 00 05 11111111 22222222 0010 0002 000001 07 6002 0000")] // reserved symbol in a run
    [InlineData("8F CD 00 05 11111111 22222222 0010 0007 000001 07 F000 0000")] // reserved symbol in a vector
    [InlineData("8F CD 00 05 11111111 22222222 0010 0003 000001 07 2003 0101")] // delta missing
    [InlineData("8F CD 00 04 11111111 22222222 0010 0001 000001 07")] // chunk missing
    [InlineData("8F CD 00 03 11111111 22222222 0010 0001")]
    public void TryParse_Malformed_ReturnsFalse(string hex) =>
        Assert.False(TransportFeedback.TryParse(RtcpHarness.Single(Bytes.FromHex(hex)), out _));

    [Fact]
    public void TryParse_MoreStatusesThanAllowed_ReturnsFalse()
    {
        // Four chunks of 8,191 lost packets would stand for 32,764 steps.
        var data = Bytes.FromHex("8F CD 00 06 11111111 22222222 0010 7FFC 000001 07 1FFF 1FFF 1FFF 1FFF");

        Assert.False(TransportFeedback.TryParse(RtcpHarness.Single(data), out _));
    }

    [Fact]
    public void TryWrite_BeforeTheInterval_ReturnsFalse()
    {
        var builder = new TransportFeedbackBuilder();
        var data = new byte[1_200];
        Assert.Equal(Timestamp.Never, builder.NextTimeout);

        builder.OnPacket(Timestamp.FromMilliseconds(10), 1);

        Assert.Equal(Timestamp.FromMilliseconds(60), builder.NextTimeout);
        Assert.False(builder.TryWrite(Timestamp.FromMilliseconds(59), default, default, data, out _));
        Assert.True(builder.TryWrite(Timestamp.FromMilliseconds(60), default, default, data, out _));
        Assert.False(builder.TryWrite(Timestamp.FromMilliseconds(60), default, default, data, out _));
        Assert.Equal(Timestamp.Never, builder.NextTimeout);
    }

    [Fact]
    public void TryWrite_SecondReport_CountsOnAndTellsOfTheGapBetween()
    {
        var builder = new TransportFeedbackBuilder(TimeSpan.Zero);
        builder.OnPacket(Timestamp.FromMilliseconds(1), 0xFFFF);
        Assert.Single(Assert.Single(WriteAll(builder, 1_200)));

        builder.OnPacket(Timestamp.FromMilliseconds(2), 2);

        var data = new byte[100];
        Assert.True(builder.TryWrite(Later, new Ssrc(1), new Ssrc(2), data, out var length));
        Assert.True(TransportFeedback.TryParse(RtcpHarness.Single(data.AsSpan(0, length)), out var feedback));
        Assert.Equal((new Ssrc(1), new Ssrc(2)), (feedback.SenderSsrc, feedback.MediaSsrc));
        Assert.Equal((0, 3, 1), (feedback.BaseSequence, feedback.StatusCount, feedback.FeedbackCount));
    }

    [Fact]
    public void TryWrite_LatePacketAfterItsReport_IsReportedAgain()
    {
        var builder = new TransportFeedbackBuilder(TimeSpan.Zero);
        builder.OnPacket(Timestamp.FromMilliseconds(1), 10);
        builder.OnPacket(Timestamp.FromMilliseconds(2), 12);
        Assert.Equal([true, false, true], WriteAll(builder, 1_200).SelectMany(entries => entries).Select(entry => entry.IsReceived));

        builder.OnPacket(Timestamp.FromMilliseconds(3), 11);

        var entries = Assert.Single(WriteAll(builder, 1_200));
        Assert.Equal([11, 12], entries.Select(entry => (int)entry.SequenceNumber));
        Assert.Equal([12L, 8L], entries.Select(entry => entry.Arrival));
    }

    [Fact]
    public void TryWrite_PauseLongerThanADelta_BeginsAnotherMessage()
    {
        var builder = new TransportFeedbackBuilder(TimeSpan.Zero);
        builder.OnPacket(Timestamp.FromMilliseconds(0), 1);
        builder.OnPacket(Timestamp.FromMilliseconds(9_000), 2);

        var messages = WriteAll(builder, 1_200);

        Assert.Equal([0L, 36_000L], messages.Select(entries => Assert.Single(entries).Arrival));
    }

    [Fact]
    public void OnPacket_GapLongerThanTheWindow_StartsAnew()
    {
        var builder = new TransportFeedbackBuilder(TimeSpan.Zero);
        builder.OnPacket(Timestamp.FromMilliseconds(1), 1);
        builder.OnPacket(Timestamp.FromMilliseconds(2), 1 + TransportFeedbackBuilder.Window);

        Assert.Equal(1 + TransportFeedbackBuilder.Window, Assert.Single(Assert.Single(WriteAll(builder, 1_200))).SequenceNumber);
    }

    [Fact]
    public void Builder_AnyArrivals_ComeOutAsTheyWentIn()
    {
        // Steps of sequence and time, some lost, some backwards in time, some with long pauses.
        var step =
            from skipped in Gen.Frequency((6, Gen.Constant(0)), (2, Gen.Choose(1, 30)), (1, Gen.Choose(31, 900)))
            from ticks in Gen.Frequency((6, Gen.Choose(0, 40)), (2, Gen.Choose(-300, 3_000)), (1, Gen.Choose(20_000, 60_000)))
            select (skipped, ticks);
        var scenario =
            from first in Gen.Choose(0, ushort.MaxValue)
            from space in Gen.Elements(TransportFeedbackBuilder.MinLength, 100, 1_200)
            from steps in step.ListOf()
            select (first, space, steps);

        Check.QuickThrowOnFailure(Prop.ForAll(Arb.From(scenario), value =>
        {
            var builder = new TransportFeedbackBuilder(TimeSpan.Zero);
            var expected = new List<(int, long)>();
            var sequence = value.first;
            var ticks = 1_000_000L;
            foreach (var (skipped, elapsed) in value.steps.Take(100))
            {
                sequence += skipped + 1;
                ticks += elapsed;
                if (sequence - value.first >= TransportFeedbackBuilder.Window)
                {
                    break;
                }

                builder.OnPacket(new Timestamp((ticks * 250_000) + 249_999), (ushort)sequence);
                expected.Add(((ushort)sequence, ticks));
            }

            var entries = WriteAll(builder, value.space).SelectMany(message => message).ToList();
            return entries.Where(entry => entry.IsReceived).Select(entry => ((int)entry.SequenceNumber, entry.Arrival)).SequenceEqual(expected)
                && entries.Zip(entries.Skip(1)).All(pair => (ushort)(pair.First.SequenceNumber + 1) == pair.Second.SequenceNumber);
        }));
    }

    private static List<TransportFeedbackEntry> Parse(string hex) => Parse(Bytes.FromHex(hex));

    private static List<TransportFeedbackEntry> Parse(ReadOnlySpan<byte> data)
    {
        Assert.True(TransportFeedback.TryParse(RtcpHarness.Single(data), out var feedback));
        var entries = new List<TransportFeedbackEntry>();
        foreach (var entry in feedback)
        {
            entries.Add(entry);
        }

        return entries;
    }

    private static List<List<TransportFeedbackEntry>> WriteAll(TransportFeedbackBuilder builder, int space)
    {
        var messages = new List<List<TransportFeedbackEntry>>();
        var data = new byte[space];
        while (builder.TryWrite(Later, new Ssrc(1), new Ssrc(2), data, out var length))
        {
            messages.Add(Parse(data.AsSpan(0, length)));
        }

        return messages;
    }
}
