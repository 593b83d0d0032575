using System.Security.Cryptography;
using System.Text;

namespace MediaRelay.Commerce.Campaigns;

/// <summary>
/// How a draw is bound before anybody enters, and how anyone can draw it again. The seed is secret until the end; its hash is published
/// when the draw opens (the commitment), the list of entries is hashed when it closes, and the seed then decides. Written out for others in
/// docs/draws.md, with a program.
/// </summary>
public static class DrawRules
{
    public const int SeedLength = 32;

    /// <summary>SHA-256 of the seed.</summary>
    public static byte[] Commit(ReadOnlySpan<byte> seed) => SHA256.HashData(seed);

    /// <summary>
    /// What stands for a viewer in the public list: SHA-256 of "merchantId LF drawId LF viewerId" in UTF-8, so that a viewer finds its own
    /// entry and nobody else's name.
    /// </summary>
    public static byte[] Entry(CampaignKey draw, string viewerId) =>
        SHA256.HashData(Encoding.UTF8.GetBytes($"{draw.MerchantId}\n{draw.Id}\n{viewerId}"));

    /// <summary>SHA-256 over all entries of 32 bytes, one behind the other in the order in which they came.</summary>
    public static byte[] HashList(IEnumerable<byte[]> entries)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var entry in entries)
        {
            hash.AppendData(entry);
        }

        return hash.GetHashAndReset();
    }

    /// <summary>
    /// The winning entries, first prize first: those with the least SHA-256(seed ‖ entriesHash ‖ entry), compared as bytes.
    /// </summary>
    /// <remarks>The list's hash is part of it, so that an entry slipped in later changes every score and not one.</remarks>
    public static IReadOnlyList<int> Winners(ReadOnlySpan<byte> seed, IReadOnlyList<byte[]> entries, int prizes)
    {
        var input = new byte[SeedLength + (2 * SHA256.HashSizeInBytes)];
        seed.CopyTo(input);
        HashList(entries).CopyTo(input, SeedLength);
        var scores = new (byte[] Score, int Index)[entries.Count];
        for (var i = 0; i < scores.Length; i++)
        {
            entries[i].CopyTo(input, SeedLength + SHA256.HashSizeInBytes);
            scores[i] = (SHA256.HashData(input), i);
        }

        Array.Sort(scores, static (left, right) => left.Score.AsSpan().SequenceCompareTo(right.Score));
        return [.. scores.Take(prizes).Select(score => score.Index)];
    }
}
