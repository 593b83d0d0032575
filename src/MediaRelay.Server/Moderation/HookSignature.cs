using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MediaRelay.Server.Moderation;

/// <summary>
/// <c>MediaRelay-Signature: t=UNIX SECONDS,v1=HEX</c>: HMAC-SHA256 over "t.body" with the secret that both sides have, so that the
/// receiver knows who sent it and when.
/// </summary>
internal static class HookSignature
{
    public const string Header = "MediaRelay-Signature";

    public static string Of(ReadOnlySpan<byte> secret, DateTimeOffset at, ReadOnlySpan<byte> body)
    {
        var time = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        mac.AppendData(Encoding.ASCII.GetBytes($"{time}."));
        mac.AppendData(body);
        return $"t={time},v1={Convert.ToHexStringLower(mac.GetHashAndReset())}";
    }
}
