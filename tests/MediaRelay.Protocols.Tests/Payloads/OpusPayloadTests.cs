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
}
