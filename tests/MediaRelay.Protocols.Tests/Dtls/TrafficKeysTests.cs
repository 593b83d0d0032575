using MediaRelay.Protocols.Dtls;

namespace MediaRelay.Protocols.Tests.Dtls;

public sealed class TrafficKeysTests
{
    /// <summary>The vector for P_SHA256 of the TLS working group's list, 2009 (RFC 5246 itself has none).</summary>
    [Fact]
    public void Expand_PublishedVector_GivesItsOutput()
    {
        var output = new byte[100];

        TrafficKeys.Expand(
            Convert.FromHexString("9bbe436ba940f017b17652849a71db35"),
            "test label"u8,
            Convert.FromHexString("a0ba9f936cda311827a6f796ffd5198c"),
            output);

        Assert.Equal(
            "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af0fa022f7077def17abfd3797c056"
            + "4bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff70187347b66",
            Convert.ToHexStringLower(output));
    }

    [Fact]
    public void Keys_OfBothWriters_AreFourDifferentPiecesAndWiped()
    {
        var keys = new TrafficKeys(new byte[48], new byte[32], new byte[32]);
        Assert.False(keys.Key(DtlsRole.Client).SequenceEqual(keys.Key(DtlsRole.Server)));
        Assert.False(keys.Salt(DtlsRole.Client).SequenceEqual(keys.Salt(DtlsRole.Server)));

        keys.Dispose();

        Assert.Equal(new byte[TrafficKeys.KeyLength], keys.Key(DtlsRole.Server).ToArray());
    }
}
