using MediaRelay.Protocols.Sctp;

namespace MediaRelay.Protocols.Tests.Sctp;

public class Crc32cTests
{
    /// <summary>RFC 3720 §B.4, with the checksums' bytes in the order in which they are printed and sent.</summary>
    public static TheoryData<string, string> Rfc3720Vectors() => new()
    {
        { Repeat("00", 32), "aa36918a" },
        { Repeat("ff", 32), "43aba862" },
        { string.Concat(Enumerable.Range(0, 32).Select(value => $"{value:x2}")), "4e79dd46" },
        { string.Concat(Enumerable.Range(0, 32).Select(value => $"{31 - value:x2}")), "5cdb3f11" },
        {
            "01c00000 00000000 00000000 00000000 14000000 00000400 00000014 00000018 28000000 00000000 02000000 00000000",
            "563a96d9"
        },
    };

    [Theory]
    [MemberData(nameof(Rfc3720Vectors))]
    public void Compute_Rfc3720Vector_GivesPrintedChecksum(string data, string printed)
    {
        var crc = Crc32c.Compute(Convert.FromHexString(data.Replace(" ", "", StringComparison.Ordinal)));

        Assert.Equal(printed, Convert.ToHexStringLower(BitConverter.GetBytes(crc)));
    }

    [Fact]
    public void Update_HardwareAndTable_Agree()
    {
        var random = new Random(7);
        var data = new byte[1500];
        random.NextBytes(data);
        for (var length = 0; length <= data.Length; length++)
        {
            var part = data.AsSpan(data.Length - length);
            Assert.Equal(Crc32c.UpdateWithTable(0x1234_5678, part), Crc32c.UpdateWithHardware(0x1234_5678, part));
        }
    }

    [Fact]
    public void Update_InParts_EqualsWhole()
    {
        var data = Enumerable.Range(0, 100).Select(value => (byte)value).ToArray();
        for (var cut = 0; cut <= data.Length; cut++)
        {
            var crc = Crc32c.Update(Crc32c.Update(uint.MaxValue, data.AsSpan(0, cut)), data.AsSpan(cut));
            Assert.Equal(Crc32c.Compute(data), ~crc);
        }
    }

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));
}
