using System.Text;
using MediaRelay.Protocols.Sdp;

namespace MediaRelay.Protocols.Tests.Sdp;

public class SessionDescriptionTests
{
    private static readonly string Offer = SmallOffers.Bundled(SmallOffers.Audio, SmallOffers.Vp8);

    [Theory]
    [InlineData("v=0", "v=1", "line 1: v=\"1\"; the first line must be v=0")]
    [InlineData("v=0\r\n", "", "line 1: o=")]
    [InlineData("o=- 1 1 IN IP4 127.0.0.1\r\n", "", "line 2: s=\"-\"; the second line must be o=")]
    [InlineData("o=- 1 1 IN", "o=- x 1 IN", "line 2: o=\"- x 1 IN IP4 127.0.0.1\"; allowed is")]
    [InlineData("o=- 1 1 IN IP4 127.0.0.1", "o=- 1 1 IN IP4 127.0.0.1 y", "line 2: o=")]
    [InlineData("s=-\r\n", "", "m= before s= and t=")]
    [InlineData("t=0 0\r\n", "", "m= before s= and t=")]
    [InlineData("t=0 0", "v=0", "line 4: a second v= line")]
    [InlineData("s=-", "nonsense", "line 3: \"nonsense\"; allowed is one lower-case letter")]
    [InlineData("m=audio 9 ", "m=audio 65536 ", "allowed is <media> <port 0-65535> <protocol> <format>")]
    [InlineData("m=audio 9 UDP/TLS/RTP/SAVPF 111", "m=audio 9 UDP/TLS/RTP/SAVPF", "allowed is <media> <port 0-65535>")]
    [InlineData("SAVPF 111", "SAVPF 200", "payload type \"200\" in m=audio; allowed are 0 to 127")]
    [InlineData("SAVPF 111", "SAVPF 111 111", "payload type 111 stands twice")]
    [InlineData("a=setup:actpass", "a=setup:server", "line 9: a=setup:\"server\"; allowed are active, passive, actpass and holdconn")]
    [InlineData("a=ice-ufrag:abcd", "a=ice-ufrag:abc", "line 6: a=ice-ufrag:\"abc\"; allowed are 4 to 256")]
    [InlineData("a=ice-ufrag:abcd", "a=ice-ufrag:ab:cd", "a=ice-ufrag:\"ab:cd\"")]
    [InlineData("a=ice-pwd:0123456789012345678901", "a=ice-pwd:short", "a=ice-pwd has 5 characters; allowed are 22 to 256")]
    [InlineData("sha-256 79:E1", "sha-256 79E1", "allowed is <hash> and the digest's hex bytes")]
    [InlineData("sha-256 79:", "sha-256 ", "a=fingerprint:\"sha-256")]
    [InlineData("a=group:BUNDLE a v", "a=group:", "a=group without semantics")]
    [InlineData("a=mid:a\r\n", "a=mid:a b\r\n", "a=mid:\"a b\"; allowed is a token")]
    [InlineData("a=rtpmap:111 opus/48000/2", "a=rtpmap:111 opus", "a=rtpmap:\"111 opus\"; allowed is")]
    [InlineData("a=rtpmap:111 opus/48000/2", "a=rtpmap:111 opus/-1", "allowed is <payload type 0-127> <name>/<clock>")]
    [InlineData("a=rtpmap:36", "a=rtpmap:35", "a=rtpmap for payload type 35 stands twice")]
    [InlineData("a=fmtp:36 apt=35", "a=fmtp:x apt=35", "a=fmtp:\"x apt=35\"; allowed is")]
    [InlineData("a=rtcp-fb:35 nack", "a=rtcp-fb:35", "a=rtcp-fb:\"35\"; allowed is")]
    [InlineData("a=rtcp-fb:35 nack", "a=extmap:0 urn:x", "a=extmap:\"0 urn:x\"; allowed is <id>[/<direction>] <uri>")]
    [InlineData("a=rtcp-fb:35 nack", "a=extmap:1/up urn:x", "a=extmap:\"1/up urn:x\"")]
    [InlineData("a=rtcp-fb:35 nack", "a=ssrc:4294967296 cname:x", "a=ssrc:\"4294967296 cname:x\"; allowed is <0-4294967295>")]
    [InlineData("a=rtcp-fb:35 nack", "a=ssrc-group:FID 1 x", "a=ssrc-group:\"FID 1 x\"")]
    [InlineData("a=rtcp-fb:35 nack", "a=rid:a/b send", "a=rid:\"a/b send\"")]
    [InlineData("a=rtcp-fb:35 nack", "a=rid:a both", "a=rid:\"a both\"")]
    [InlineData("a=rtcp-fb:35 nack", "a=rid:a send\r\na=rid:a send", "a=rid:a stands twice")]
    [InlineData("a=rtcp-fb:35 nack", "a=rid:a send pt=300", "the payload types of pt= are 0 to 127")]
    [InlineData("a=rtcp-fb:35 nack", "a=simulcast:send", "a=simulcast:\"send\"; allowed is")]
    [InlineData("a=rtcp-fb:35 nack", "a=simulcast:send 1 send 2", "a=simulcast:\"send 1 send 2\"")]
    [InlineData("a=rtcp-fb:35 nack", "a=msid:", "a=msid without a value")]
    [InlineData("a=rtcp-fb:35 nack", "a=sctp-port:70000", "a=sctp-port:\"70000\"; allowed are 0 to 65535")]
    [InlineData("a=rtcp-fb:35 nack", "a=max-message-size:-1", "a=max-message-size:\"-1\"; allowed are decimal digits")]
    public void TryParse_Malformed_NamesLineValueAndWhatIsAllowed(string good, string broken, string message)
    {
        Assert.Contains(good, Offer, StringComparison.Ordinal);

        var parsed = SessionDescription.TryParse(Offer.Replace(good, broken, StringComparison.Ordinal), out var sdp, out var error);

        Assert.False(parsed);
        Assert.Null(sdp);
        Assert.Matches("^line [0-9]+: ", error);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\r\n\r\n")]
    [InlineData("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n")]
    public void TryParse_WithoutMedia_Fails(string text)
    {
        Assert.False(SessionDescription.TryParse(text, out _, out var error));
        Assert.Contains("no m= line", error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_Error_DoesNotRepeatControlCharactersOrThePassword()
    {
        var hostile = Offer.Replace("a=setup:actpass", "a=setup:\u001b[31m\u00e9" + new string('x', 500), StringComparison.Ordinal);
        Assert.False(SessionDescription.TryParse(hostile, out _, out var error));
        Assert.True(error.Length < 200);
        Assert.DoesNotContain("\u001b", error, StringComparison.Ordinal);

        var badPassword = Offer.Replace("a=ice-pwd:0123456789012345678901", "a=ice-pwd:secret", StringComparison.Ordinal);
        Assert.False(SessionDescription.TryParse(badPassword, out _, out error));
        Assert.DoesNotContain("secret", error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_LoneCarriageReturn_Fails()
    {
        Assert.False(SessionDescription.TryParse(
            Offer.Replace("a=mid:a", "a=mid:a\ra=ice-lite", StringComparison.Ordinal), out _, out var error));
        Assert.Contains("control character", error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_UnknownLinesAndAttributes_AreSkipped()
    {
        var text = Offer
            .Replace("t=0 0\r\n", "i=x\r\nu=x\r\nb=AS:300\r\nt=0 0\r\nz=1\r\na=sctp-init:AAAA\r\n", StringComparison.Ordinal)
            .Replace("a=rtcp-fb:35 nack\r\n", "b=TIAS:1\r\na=sctp-init\r\na=:\r\na=\r\na=rtpmap:99 other/1\r\na=candidate:broken\r\n", StringComparison.Ordinal);

        var sdp = SdpSamples.Parse(text + "\r\n\r\n");

        Assert.Equal(2, sdp.Media.Count);
        Assert.Equal(2, sdp.Media[1].Formats.Count);
        Assert.Empty(sdp.Media[1].Candidates);
    }

    [Fact]
    public void TryParse_SessionLevelValues_HoldWhereASectionHasNone()
    {
        var own = $"{SmallOffers.Audio}a=ice-ufrag:wxyz\r\na=ice-pwd:9876543210987654321098\r\n";
        var video = SmallOffers.Vp8.Replace("a=sendrecv\r\n", "", StringComparison.Ordinal);
        var sdp = SdpSamples.Parse(SmallOffers.Session($"a=recvonly\r\n{SmallOffers.Transport}", own, video));

        Assert.Equal("wxyz", sdp.CredentialsOf(sdp.Media[0])?.Ufrag);
        Assert.Equal("abcd", sdp.CredentialsOf(sdp.Media[1])?.Ufrag);
        Assert.Equal(DtlsSetup.ActPass, sdp.SetupOf(sdp.Media[0]));
        Assert.Single(sdp.FingerprintsOf(sdp.Media[0]));
        Assert.Equal(MediaDirection.SendRecv, sdp.Media[0].Direction);
        Assert.Equal(MediaDirection.RecvOnly, sdp.Media[1].Direction);
    }

    [Fact]
    public void TryParse_AtEachLimit_TakesTheLastAndRefusesTheNext()
    {
        var sections = new StringBuilder(SmallOffers.Session(""));
        for (var i = 0; i < SessionDescription.MostSections; i++)
        {
            sections.Append("m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n");
        }

        Assert.True(SessionDescription.TryParse(sections.ToString(), out _, out _));
        Assert.False(SessionDescription.TryParse(sections + "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n", out _, out var error));
        Assert.Contains("more than 64 media sections", error, StringComparison.Ordinal);

        var used = Offer.Split("\r\n").Length - 1;
        var lines = Offer + string.Concat(Enumerable.Repeat("a=x\n", SessionDescription.MostLines - used - 1));
        Assert.True(SessionDescription.TryParse(lines, out _, out _));
        Assert.False(SessionDescription.TryParse(lines + "a=x\na=x\n", out _, out error));
        Assert.Contains("more than 2000 lines", error, StringComparison.Ordinal);

        var longest = Offer + "a=x:" + new string('y', SessionDescription.LongestText - Offer.Length - 4);
        Assert.True(SessionDescription.TryParse(longest, out _, out _));
        Assert.False(SessionDescription.TryParse(longest + "y", out _, out error));
        Assert.Contains("allowed are 65536", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a=ssrc:{0} cname:x\r\n", 64, "more than 64 SSRCs in m=video")]
    [InlineData("a=ssrc-group:FID {0} 1\r\n", 64, "more than 64 a=ssrc-group in m=video")]
    [InlineData("a=rid:{0} send\r\n", 32, "more than 32 a=rid in m=video")]
    public void TryParse_ListsOfASection_AreBounded(string line, int most, string message)
    {
        var full = Offer + string.Concat(Enumerable.Range(0, most).Select(number => line.Replace("{0}", $"{number}", StringComparison.Ordinal)));
        Assert.True(SessionDescription.TryParse(full, out _, out _));

        Assert.False(SessionDescription.TryParse(full + line.Replace("{0}", "999", StringComparison.Ordinal), out _, out var error));
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_ListsOfALine_AreBounded()
    {
        var streams = string.Join(';', Enumerable.Range(0, 33));
        var group = string.Join(' ', Enumerable.Range(0, 17));
        var mids = string.Join(' ', Enumerable.Range(0, 65));

        Assert.False(SessionDescription.TryParse($"{Offer}a=simulcast:send {streams}\r\n", out _, out _));
        Assert.False(SessionDescription.TryParse($"{Offer}a=ssrc-group:SIM {group}\r\n", out _, out _));
        Assert.False(SessionDescription.TryParse(SmallOffers.Session($"a=group:LS {mids}\r\n", SmallOffers.Audio), out _, out _));
    }

    [Fact]
    public void ToString_ThenTryParse_GivesTheSame()
    {
        var text = SdpSamples.Parse(Offer).ToString();

        Assert.Equal(text, SdpSamples.Parse(text).ToString());
        Assert.All(text.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.EndsWith("\r", line, StringComparison.Ordinal));
    }
}
