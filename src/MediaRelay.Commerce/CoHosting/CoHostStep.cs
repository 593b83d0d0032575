using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MediaRelay.Commerce.CoHosting;

/// <summary>
/// The last step of a session's timeline. Each step's hash covers the one before, so the last one stands for every arrangement that the
/// session ever had, and when.
/// </summary>
/// <param name="At">When it was decided.</param>
/// <param name="MediaTime">When feeds were to switch: 90 kHz on their timeline; null = at once, or nothing to switch.</param>
/// <param name="Hash">SHA-256 over the hash before, the session as it is from then on, and the times; 64 lower-case hex digits.</param>
public sealed record CoHostStep(DateTimeOffset At, long? MediaTime, string Hash)
{
    /// <param name="before">Null for the first step.</param>
    internal static CoHostStep After(string? before, CoHostSession session, DateTimeOffset at, long? mediaTime)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{before}\n{SessionText.Of(session)}\n{at.ToUniversalTime():O} {mediaTime}\n");
        return new CoHostStep(at, mediaTime, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
    }
}
