using MediaRelay.Protocols.Sdp;

namespace MediaRelay.Protocols.Tests.Sdp;

public class SdpFragmentTests
{
    // RFC 9725 §4.3.2
    private const string Rfc9725Trickle =
        """
        a=ice-ufrag:EsAw
        a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1
        m=audio 9 RTP/AVP 0
        a=mid:0
        a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0 ufrag EsAw network-id 1
        a=candidate:3471623853 1 udp 2122194687 198.51.100.1 61765 typ host generation 0 ufrag EsAw network-id 2
        a=candidate:473322822 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active generation 0 ufrag EsAw network-id 1
        a=candidate:2154773085 1 tcp 1518214911 198.51.100.2 9 typ host tcptype active generation 0 ufrag EsAw network-id 2
        a=end-of-candidates

        """;

    // RFC 9725 §4.3.3
    private const string Rfc9725Restart = "a=ice-ufrag:ysXw\r\na=ice-pwd:vw5LmwG4y/e6dPP/zAP9Gp5k\r\n";

    [Fact]
    public void TryParse_Rfc9725Trickle()
    {
        var fragment = Parse(Rfc9725Trickle);

        Assert.Equal(("EsAw", "P2uYro0UCOQ4zxjKXaWCBui1"), (fragment.IceUfrag, fragment.IcePwd));
        Assert.Equal("0", Assert.Single(fragment.Sections).Mid);
        Assert.Equal([61764, 61765, 9, 9], fragment.Candidates.Select(candidate => candidate.Port));
        Assert.Equal(2, fragment.Candidates.Count(candidate => candidate.IsUdp));
        Assert.True(fragment.EndOfCandidates);
        Assert.Equal(fragment.ToString(), Parse(fragment.ToString()).ToString());
    }

    [Fact]
    public void TryParse_Rfc9725Restart()
    {
        var fragment = Parse(Rfc9725Restart);

        Assert.Equal(("ysXw", "vw5LmwG4y/e6dPP/zAP9Gp5k"), (fragment.IceUfrag, fragment.IcePwd));
        Assert.Empty(fragment.Candidates);
        Assert.False(fragment.EndOfCandidates);
    }

    [Fact]
    public void TryParse_CredentialsInsideTheSections_AreTheFragments()
    {
        // Browsers repeat them below each m-line.
        var fragment = Parse(
            $"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n{Rfc9725Restart}m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\n{Rfc9725Restart}");

        Assert.Equal("ysXw", fragment.IceUfrag);
        Assert.Equal(["0", "1"], fragment.Sections.Select(section => section.Mid));
    }

    [Fact]
    public void TryParse_CandidatesThatCannotBeRead_AreLeftOut()
    {
        var fragment = Parse("a=candidate:nonsense\r\na=candidate:1 1 udp 1 192.0.2.1 1 typ host\r\n");

        Assert.Single(fragment.Candidates);
        Assert.Null(fragment.IceUfrag);
    }

    [Theory]
    [InlineData("", "neither credentials nor candidates")]
    [InlineData("{\"candidate\":\"candidate:1 1 udp 1 192.0.2.1 1 typ host\"}", "line 1: ")]
    [InlineData("a=ice-ufrag:ysXw\r\n", "a=ice-pwd is missing")]
    [InlineData("a=ice-ufrag:y\r\n", "line 1: a=ice-ufrag:\"y\"; allowed are 4 to 256")]
    [InlineData("m=audio 9 X 0\r\na=mid:/\r\n", "line 2: a=mid:\"/\"")]
    [InlineData("m=a 9 X 0\r\na=ice-ufrag:ysXw\r\na=ice-pwd:vw5LmwG4y/e6dPP/zAP9Gp5k\r\nm=a 9 X 0\r\na=ice-ufrag:other\r\n", "different a=ice-ufrag")]
    public void TryParse_Malformed_SaysWhatIsAllowed(string text, string message)
    {
        Assert.False(SdpFragment.TryParse(text, out var fragment, out var error));
        Assert.Null(fragment);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_BeyondItsLimits_Fails()
    {
        Assert.False(SdpFragment.TryParse(new string('a', SdpFragment.LongestText + 1), out _, out var error));
        Assert.Contains("allowed are 16384", error, StringComparison.Ordinal);
        Assert.False(SdpFragment.TryParse(string.Concat(Enumerable.Repeat("a=x\n", 300)), out _, out error));
        Assert.Contains("more than 256 lines", error, StringComparison.Ordinal);
        Assert.False(SdpFragment.TryParse(string.Concat(Enumerable.Repeat("m=x\n", 100)), out _, out error));
        Assert.Contains("more than 64 media sections", error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_CutAtEveryLength_NeverThrows()
    {
        for (var length = 0; length < Rfc9725Trickle.Length; length++)
        {
            var parsed = SdpFragment.TryParse(Rfc9725Trickle[..length], out var fragment, out var error);
            Assert.Equal(parsed, fragment is not null);
            Assert.Equal(parsed, error is null);
        }
    }

    [Fact]
    public void ForRestart_CarriesNewCredentialsAndAllCandidates()
    {
        var answer = SdpSamples.Answer(SdpSamples.ChromiumViewer, SdpSamples.Subscribe).Answer;
        var renewed = SdpSamples.Server with { IceUfrag = "new1", IcePwd = "newpasswordnewpasswordnew" };

        var text = SdpFragment.ForRestart(answer, renewed).ToString();

        Assert.StartsWith("a=ice-lite\r\na=ice-ufrag:new1\r\na=ice-pwd:newpasswordnewpasswordnew\r\nm=audio 7882 ", text, StringComparison.Ordinal);
        var fragment = Parse(text);
        Assert.Equal("0", fragment.Sections[0].Mid);
        Assert.Equal(["192.0.2.7", "2001:db8::7"], fragment.Candidates.Select(candidate => candidate.Address));
        Assert.True(fragment is { IceLite: true, EndOfCandidates: true });
    }

    private static SdpFragment Parse(string text)
    {
        Assert.True(SdpFragment.TryParse(text, out var fragment, out var error), error);
        return fragment;
    }
}
