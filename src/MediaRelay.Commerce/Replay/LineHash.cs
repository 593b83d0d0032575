using System.Security.Cryptography;
using System.Text;

namespace MediaRelay.Commerce.Replay;

/// <summary>One hash over many lines of text.</summary>
internal static class LineHash
{
    /// <summary>SHA-256 over the lines, each with a line feed behind it; 64 lower-case hex digits.</summary>
    public static string Of(IEnumerable<string> lines)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var line in lines)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(line));
            hash.AppendData("\n"u8);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
