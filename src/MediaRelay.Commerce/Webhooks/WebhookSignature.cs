using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MediaRelay.Commerce.Webhooks;

/// <summary>
/// Header <c>MediaRelay-Signature: t=…,v1=…</c>: HMAC-SHA256 (RFC 2104) in hex over the time of sending in Unix seconds, a full
/// stop, and the body's bytes; keyed with the secret's text in UTF-8. While a secret is exchanged there are two <c>v1</c>.
/// </summary>
public static class WebhookSignature
{
    public const string HeaderName = "MediaRelay-Signature";

    public static string Sign(IEnumerable<string> secrets, DateTimeOffset now, ReadOnlySpan<byte> body)
    {
        var time = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signed = new byte[time.Length + 1 + body.Length];
        Encoding.ASCII.GetBytes(time, signed);
        signed[time.Length] = (byte)'.';
        body.CopyTo(signed.AsSpan(time.Length + 1));
        var header = new StringBuilder("t=").Append(time);
        foreach (var secret in secrets)
        {
            header.Append(",v1=").Append(Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed)));
        }

        return header.ToString();
    }
}
