using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Tests.Rtp;

namespace MediaRelay.Protocols.Tests.Payloads;

public class OpusPayloadTests
{
    // RFC 6716 table 2: configuration to frame duration in ms.
    private static readonly double[] Durations =
    [
        10, 20, 40, 60, 10, 20, 40, 60, 10, 20, 40, 60,
        10, 20, 10, 20,
        2.5, 5, 10, 20, 2.5, 5, 10, 20, 2.5, 5, 10, 20, 2.5, 5, 10, 20,
    ];

    [Fact]
    public void TryGetDuration_EveryConfigurationAndCode_IsThatOfRfc6716()
    {
        for (var configuration = 0; configuration < 32; configuration++)
        {
            var frame = (int)(Durations[configuration] * 48);

            Assert.True(OpusPayload.TryGetDuration([(byte)(configuration << 3)], out var one));
            Assert.True(OpusPayload.TryGetDuration([(byte)((configuration << 3) | 1)], out var two));
            Assert.True(OpusPayload.TryGetDuration([(byte)((configuration << 3) | 2)], out var twoUnequal));
            Assert.True(OpusPayload.TryGetDuration([(byte)((configuration << 3) | 3), 2], out var counted));

            Assert.Equal((frame, 2 * frame, 2 * frame, 2 * frame), (one, two, twoUnequal, counted));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("03")] // count missing
    [InlineData("03 00")] // no frame
    [InlineData("1B 03")] // 3 × 60 ms
    [InlineData("FB 3F")] // 63 × 20 ms
    public void TryGetDuration_NotAllowed_ReturnsFalse(string hex) =>
        Assert.False(OpusPayload.TryGetDuration(Bytes.FromHex(hex), out _));

    [Fact]
    public void Silence_Duration_Is20Ms()
    {
        Assert.True(OpusPayload.TryGetDuration(OpusPayload.Silence, out var ticks));
        Assert.Equal(960, ticks);
        Assert.False(OpusPayload.IsStereo(OpusPayload.Silence));
    }

    [Theory]
    [InlineData("48", "00", false, 0)] // SILK wide band, 20 ms, mono: one flag for speech, one for the copy
    [InlineData("48", "80", false, 960)]
    [InlineData("48", "40", true, 960)]
    [InlineData("4C", "40", true, 960)] // stereo: mid's
    [InlineData("4C", "10", true, 960)] // and side's
    [InlineData("4C", "A8", false, 960)]
    [InlineData("40", "40", true, 480)] // 10 ms
    [InlineData("50", "20", true, 1_920)] // 40 ms: two flags for speech
    [InlineData("5C", "01", true, 2_880)] // 60 ms, stereo: the side's fourth flag
    [InlineData("68", "40", true, 960)] // hybrid
    [InlineData("F8", "40", false, 0)] // CELT has none
    [InlineData("49", "40", true, 960)] // two frames of the same size
    [InlineData("4A", "05 40", true, 960)] // two, with the first one's length
    [InlineData("4A", "FC 01 40", true, 960)] // in two bytes
    [InlineData("4A", "00 40", false, 0)] // the first one was not sent
    [InlineData("4B", "02 40", true, 960)] // counted, all of a size
    [InlineData("4B", "83 05 06 40", true, 960)] // counted, with two lengths
    [InlineData("4B", "42 02 40 00 00", true, 960)] // and padding
    [InlineData("4B", "C2 FF 01 05 40", true, 960)] // of 255 bytes, and a length
    public void HasRecovery_FlagsOfRfc6716_AreFound(string toc, string rest, bool expected, int ticks)
    {
        Assert.Equal(expected, OpusPayload.HasRecovery(Bytes.FromHex($"{toc} {rest}"), out var found));
        if (expected)
        {
            Assert.Equal(ticks, found);
        }
    }

    [Theory]
    [InlineData("48 40")]
    [InlineData("4A FC 01 40")]
    [InlineData("4B C2 FF FF 01 FC 01 40")]
    public void HasRecovery_CutAtEveryLength_IsFalse(string hex)
    {
        var packet = Bytes.FromHex(hex);
        for (var length = 0; length < packet.Length; length++)
        {
            Assert.False(OpusPayload.HasRecovery(packet.AsSpan(0, length), out _));
        }

        Assert.True(OpusPayload.HasRecovery(packet, out _));
    }

    [Fact]
    public void HasRecovery_Garbage_NeverThrows()
    {
        var random = new Random(3);
        for (var i = 0; i < 100_000; i++)
        {
            var packet = new byte[random.Next(0, 12)];
            random.NextBytes(packet);
            OpusPayload.HasRecovery(packet, out var ticks);
            Assert.InRange(ticks, 0, 2_880);
        }
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("F8", true)]
    [InlineData("F8 00", true)]
    [InlineData("F8 FF FE", false)]
    public void IsPause_TwoBytesOrFewer(string hex, bool expected) => Assert.Equal(expected, OpusPayload.IsPause(Bytes.FromHex(hex)));
}
