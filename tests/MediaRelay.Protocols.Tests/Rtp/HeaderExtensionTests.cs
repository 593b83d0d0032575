using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Tests.Rtp;

public class HeaderExtensionTests
{
    [Fact]
    public void GetUri_EveryExtension_LeadsBackToIt()
    {
        foreach (var extension in Enum.GetValues<HeaderExtension>())
        {
            Assert.True(HeaderExtensions.TryFromUri(HeaderExtensions.GetUri(extension), out var found));
            Assert.Equal(extension, found);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("urn:ietf:params:rtp-hdrext:encrypt")]
    public void TryFromUri_Unknown_ReturnsFalse(string? uri) => Assert.False(HeaderExtensions.TryFromUri(uri, out _));

    [Fact]
    public void Map_Empty_HasEverythingAbsent()
    {
        var map = new HeaderExtensionMap();

        Assert.All(Enum.GetValues<HeaderExtension>(), extension => Assert.Equal(HeaderExtensionMap.Absent, map[extension]));
        Assert.Equal(HeaderExtensionMap.Absent, map.GetId("urn:nobody"));
    }

    [Fact]
    public void TryAdd_IdOrExtensionTaken_ReturnsFalseAndKeepsTheFirst()
    {
        var map = new HeaderExtensionMap();

        Assert.True(map.TryAdd(4, HeaderExtensions.MidUri));
        Assert.False(map.TryAdd(4, HeaderExtension.Rid));
        Assert.False(map.TryAdd(5, HeaderExtension.Mid));

        Assert.Equal(4, map[HeaderExtension.Mid]);
        Assert.False(map.Has(HeaderExtension.Rid));
        Assert.True(map.TryGetExtension(4, out var extension));
        Assert.Equal(HeaderExtension.Mid, extension);
        Assert.False(map.TryGetExtension(5, out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(256)]
    public void TryAdd_IdOutsideTheWire_ReturnsFalse(int id)
    {
        var map = new HeaderExtensionMap();

        Assert.False(map.TryAdd(id, HeaderExtension.Mid));
        Assert.False(map.TryGetExtension(id, out _));
    }

    [Fact]
    public void AudioLevel_WriteThenRead_IsTheSame()
    {
        Assert.True(HeaderExtensionValues.TryReadAudioLevel([HeaderExtensionValues.MakeAudioLevel(true, 42)], out var isVoice, out var level));

        Assert.True(isVoice);
        Assert.Equal(42, level);
        Assert.False(HeaderExtensionValues.TryReadAudioLevel([], out _, out _));
    }

    [Fact]
    public void AbsSendTime_OneSecondLater_IsTwoToThe18More()
    {
        var time = NtpTime.FromUnixNanoseconds(1_767_225_600_500_000_000);

        var before = HeaderExtensionValues.MakeAbsSendTime(time);
        var after = HeaderExtensionValues.MakeAbsSendTime(time.AddNanoseconds(1_000_000_000));

        Assert.Equal(1u << 18, (after - before) & 0xFF_FFFF);
    }

    [Fact]
    public void AbsCaptureTime_ShortAndLongForm_AreRead()
    {
        var value = Bytes.FromHex("01 02 03 04 05 06 07 08 00 00 00 00 00 00 00 09");

        Assert.True(HeaderExtensionValues.TryReadAbsCaptureTime(value, out var extended));
        Assert.True(HeaderExtensionValues.TryReadAbsCaptureTime(value.AsSpan(0, 8), out var plain));

        Assert.Equal(new NtpTime(0x0102_0304_0506_0708), plain);
        Assert.Equal(plain, extended);
        Assert.False(HeaderExtensionValues.TryReadAbsCaptureTime(value.AsSpan(0, 7), out _));
    }

    [Theory]
    [InlineData(0x00, 0)]
    [InlineData(0x01, 90)]
    [InlineData(0x0A, 180)]
    [InlineData(0x03, 270)]
    public void VideoOrientation_EachRotation_IsInDegrees(byte value, int expected)
    {
        Assert.True(HeaderExtensionValues.TryReadVideoOrientation([value], out var degrees));
        Assert.Equal(expected, degrees);
    }

    [Fact]
    public void Mid_WriteThenParse_IsTheSame()
    {
        Span<byte> bytes = stackalloc byte[Mid.MaxLength];
        var length = new Mid("video-0").Write(bytes);

        Assert.True(Mid.TryParse(bytes[..length], out var mid));

        Assert.Equal(new Mid("video-0"), mid);
        Assert.True(mid.Matches("video-0"u8));
        Assert.False(mid.Matches("video-1"u8));
    }

    [Theory]
    [InlineData("")]
    [InlineData("20")] // space
    [InlineData("61 00")]
    [InlineData("C3 A4")]
    public void TryParse_NoToken_ReturnsFalse(string hex)
    {
        Assert.False(Mid.TryParse(Bytes.FromHex(hex), out _));
        Assert.False(Rid.TryParse(Bytes.FromHex(hex), out _));
    }

    [Fact]
    public void TryParse_TooLong_ReturnsFalse()
    {
        var value = new byte[Rid.MaxLength + 1];
        Array.Fill(value, (byte)'h');

        Assert.False(Rid.TryParse(value, out _));
        Assert.True(Rid.TryParse(value.AsSpan(1), out _));
    }
}
