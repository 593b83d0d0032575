using MediaRelay.Client.Sources;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Client.Tests.Sources;

public sealed class TimeCodeTests
{
    [Theory]
    [InlineData(0, 0u)]
    [InlineData(1_234_567_890_123_456_789, 4_294_967_295u)]
    public void TryRead_WrittenAtEndOfPayload_GivesItBack(long nanoseconds, uint number)
    {
        var payload = new byte[100];
        TimeCode.Write(payload.AsSpan(100 - TimeCode.Length), new Timestamp(nanoseconds), number);
        Assert.True(TimeCode.TryRead(payload, out var times, out var read));
        Assert.Equal((nanoseconds, nanoseconds, number), (times.MadeAt.Nanoseconds, times.SentAt.Nanoseconds, read));
        Assert.DoesNotContain((byte)0, payload[^TimeCode.Length..]);
    }

    [Fact]
    public void TryStamp_PayloadWithTimeCode_ChangesOnlyWhenItWasSent()
    {
        var payload = new byte[100];
        TimeCode.Write(payload.AsSpan(100 - TimeCode.Length), new Timestamp(77), 7);
        Assert.True(TimeCode.TryStamp(payload, new Timestamp(99)));
        Assert.True(TimeCode.TryRead(payload, out var times, out var number));
        Assert.Equal((77, 99, 7u), (times.MadeAt.Nanoseconds, times.SentAt.Nanoseconds, number));
    }

    [Fact]
    public void TryStamp_PayloadWithout_LeavesItAsItIs()
    {
        var payload = new byte[100];
        Assert.False(TimeCode.TryStamp(payload, new Timestamp(99)));
        Assert.False(TimeCode.TryStamp(payload.AsSpan(0, TimeCode.Length - 1), new Timestamp(99)));
        Assert.All(payload, value => Assert.Equal(0, value));
    }

    [Fact]
    public void TryRead_CutAtEveryLength_ReturnsFalse()
    {
        var code = new byte[TimeCode.Length];
        TimeCode.Write(code, new Timestamp(77), 7);
        for (var length = 0; length < code.Length; length++)
        {
            Assert.False(TimeCode.TryRead(code.AsSpan(0, length), out _, out _));
        }
    }

    [Fact]
    public void TryRead_OtherBytes_ReturnsFalse()
    {
        var code = new byte[TimeCode.Length];
        for (var i = 0; i < code.Length; i++)
        {
            TimeCode.Write(code, new Timestamp(77), 7);
            code[i] ^= 0x11;
            var isRead = TimeCode.TryRead(code, out var times, out var number);
            Assert.False(isRead && (times.MadeAt.Nanoseconds, times.SentAt.Nanoseconds, number) == (77, 77, 7u));
        }
    }
}
