namespace MediaRelay.Protocols.Tests.Rtp;

/// <summary>Test bytes as the RFCs print them, and random ones that a failure message can bring back.</summary>
internal static class Bytes
{
    /// <summary>Hex digits with spaces and line ends anywhere.</summary>
    public static byte[] FromHex(string text) =>
        Convert.FromHexString(string.Concat(text.Where(character => !char.IsWhiteSpace(character))));

    public static byte[] Random(Random random, int maxLength)
    {
        var bytes = new byte[random.Next(maxLength + 1)];
        random.NextBytes(bytes);
        return bytes;
    }
}
