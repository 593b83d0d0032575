using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Tests.Rtp;

namespace MediaRelay.Protocols.Tests.Payloads;

public class H264PayloadTests
{
    [Theory]
    [InlineData("65 88 84 00", true)] // IDR, first macroblock 0
    [InlineData("65 40 84 00", false)] // IDR, a later slice of the picture
    [InlineData("67 42 C0 1F", true)] // SPS
    [InlineData("68 CE 3C 80", false)] // PPS
    [InlineData("41 9A 00", false)] // non-IDR
    [InlineData("18 00 04 67 42 C0 1F 00 02 68 CE", true)] // STAP-A, SPS + PPS
    [InlineData("18 00 02 68 CE 00 03 65 88 84", true)] // STAP-A, PPS + IDR
    [InlineData("18 00 02 68 CE 00 03 41 9A 84", false)] // STAP-A, PPS + non-IDR
    [InlineData("7C 85 88 84", true)] // FU-A start of an IDR
    [InlineData("7C 85 40 84", false)] // FU-A start of a later slice
    [InlineData("7C 05 88 84", false)] // FU-A, middle
    [InlineData("7C 45 88 84", false)] // FU-A, end
    [InlineData("7C 87 42 C0", true)] // FU-A start of an SPS
    [InlineData("7C 81 9A 84", false)] // FU-A start of a non-IDR
    [InlineData("7C 85", false)] // FU-A without content
    [InlineData("18 00 09 67 42", false)] // STAP-A past the end
    [InlineData("18 00 00 65 88", false)] // STAP-A with an empty unit
    [InlineData("1D 85 88", false)] // FU-B belongs to another packetization mode
    [InlineData("", false)]
    public void IsKeyFrameStart_EachForm_IsTold(string hex, bool expected) =>
        Assert.Equal(expected, H264Payload.IsKeyFrameStart(Bytes.FromHex(hex)));

    [Theory]
    [InlineData("67 42 C0 1F", true)]
    [InlineData("18 00 02 09 10 00 04 67 42 C0 1F", true)]
    [InlineData("65 88 84 00", false)]
    public void ContainsSps_EachForm_IsTold(string hex, bool expected) =>
        Assert.Equal(expected, H264Payload.ContainsSps(Bytes.FromHex(hex)));

    // Written by x264 and OpenH264 for the sizes given; 1,080 lines are 1,088 cropped.
    [Theory]
    [InlineData("6742c01fd9005005bb016a02020280000003008000001e478c1924", 1280, 720, "42c01f")]
    [InlineData("6742c01f8c8d402802dd00f08846a0", 1280, 720, "42c01f")]
    [InlineData("67640028acd940780227e5c05a808080a0000003002000000791e30632c0", 1920, 1080, "640028")]
    [InlineData("674d401eeca0b828f2f80b50101014000003000400000300f23c58b658", 360, 640, "4d401e")]
    [InlineData("67f40028919b28088078f13780b501010140000003004000000f23c60c6580", 1080, 1918, "f40028")]
    public void SpsTryParse_RealEncoders_GivesTheSizeShown(string hex, int width, int height, string profileLevelId)
    {
        Assert.True(H264Sps.TryParse(Bytes.FromHex(hex), out var sps));

        Assert.Equal((width, height), (sps.Width, sps.Height));
        Assert.Equal(profileLevelId, sps.ProfileLevelId);
    }

    [Fact]
    public void SpsTryParse_TruncatedAtEveryLength_NeverThrows()
    {
        var data = Bytes.FromHex("67f40028919b28088078f13780b501010140000003004000000f23c60c6580");
        for (var length = 0; length < 12; length++)
        {
            Assert.False(H264Sps.TryParse(data.AsSpan(0, length), out _), $"length {length}");
        }

        for (var length = 12; length < data.Length; length++)
        {
            // Behind the cropping only what is not read is cut off.
            Assert.True(!H264Sps.TryParse(data.AsSpan(0, length), out var sps) || sps.Height == 1918, $"length {length}");
        }
    }

    [Fact]
    public void SpsTryParse_RandomBytes_GivesPlausibleSizesOrFalse()
    {
        const int Seed = 264;
        var random = new Random(Seed);
        for (var i = 0; i < 20_000; i++)
        {
            byte[] data = [0x67, .. Bytes.Random(random, maxLength: 40)];
            if (H264Sps.TryParse(data, out var sps))
            {
                Assert.InRange(sps.Width, 1, 16_880);
                Assert.InRange(sps.Height, 1, 33_760);
            }
        }
    }

    [Fact]
    public void TryReadSps_StapA_FindsIt()
    {
        var sps = Bytes.FromHex("6742c01f8c8d402802dd00f08846a0");
        byte[] payload = [0x78, 0, 2, 0x68, 0xCE, 0, (byte)sps.Length, .. sps];

        Assert.True(H264Payload.TryReadSps(payload, out var found));

        Assert.Equal(1280, found.Width);
        Assert.False(H264Payload.TryReadSps(Bytes.FromHex("65 88 84"), out _));
    }

    [Fact]
    public void AnnexBReader_MixedStartCodes_GivesUnitsWithoutZeros()
    {
        var stream = Bytes.FromHex("00 00 00 01 09 10  00 00 01 67 42 00 00  00 00 01 00 00 00 01 65 88 03 00 00");
        var units = new List<string>();
        var reader = new AnnexBReader(stream);
        while (reader.TryReadNext(out ReadOnlySpan<byte> unit))
        {
            units.Add(Convert.ToHexString(unit));
        }

        Assert.Equal(["0910", "6742", "658803"], units);
    }

    [Theory]
    [InlineData("")]
    [InlineData("65 88 84 21")] // no start code
    [InlineData("00 00 01")]
    [InlineData("00 00 00 01 00 00 00")]
    public void AnnexBReader_NoUnit_ReturnsFalse(string hex)
    {
        var reader = new AnnexBReader(Bytes.FromHex(hex));
        Assert.False(reader.TryReadNext(out ReadOnlySpan<byte> _));
    }
}
