using MediaRelay.Protocols.Dtls;

namespace MediaRelay.Protocols.Tests.Dtls;

public sealed class FingerprintTests
{
    private const string Sha1 = "sha-1 4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB";

    [Fact]
    public void TryParse_Rfc8122Example_ReturnsAlgorithmAndValue()
    {
        Assert.True(Fingerprint.TryParse(Sha1, out var fingerprint));
        Assert.Equal("sha-1", fingerprint.Algorithm);
        Assert.Equal("4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB", fingerprint.Value);
        Assert.Equal(Sha1, fingerprint.ToString());
    }

    [Fact]
    public void TryParse_LowerCase_IsEqual()
    {
        Assert.True(Fingerprint.TryParse(Sha1, out var upper));
        Assert.True(Fingerprint.TryParse(Sha1.ToLowerInvariant().Replace("sha", "SHA", StringComparison.Ordinal), out var lower));
        Assert.Equal(upper, lower);
        Assert.Equal(upper.GetHashCode(), lower.GetHashCode());
        Assert.Equal(upper, new Fingerprint("SHA-1", upper.Value.ToLowerInvariant()));
    }

    [Fact]
    public void TryParse_CutAtEveryLength_ReturnsFalse()
    {
        for (var length = 0; length < Sha1.Length; length++)
        {
            Assert.False(Fingerprint.TryParse(Sha1.AsSpan(0, length), out _));
        }
    }

    [Theory]
    [InlineData("md5 00")]
    [InlineData("sha-256 4A:AD")]
    [InlineData("sha-1 4A-AD-B9-B1-3F-82-18-3B-54-02-12-DF-3E-5D-49-6B-19-E5-7C-AB")]
    [InlineData("sha-1 XX:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB")]
    public void TryParse_UnknownOrMalformed_ReturnsFalse(string text) => Assert.False(Fingerprint.TryParse(text, out _));

    [Fact]
    public void Create_Certificate_HasParsableFingerprintOfItsOwn()
    {
        using var first = DtlsCertificate.Create();
        using var second = DtlsCertificate.Create();
        Assert.True(Fingerprint.TryParse(first.Fingerprint.ToString(), out var parsed));
        Assert.Equal(first.Fingerprint, parsed);
        Assert.Equal("sha-256", parsed.Algorithm);
        Assert.NotEqual(first.Fingerprint, second.Fingerprint);
    }
}
