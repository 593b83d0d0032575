using MediaRelay.Protocols.Sdp;

namespace MediaRelay.Protocols.Tests.Sdp;

public class CandidateTests
{
    // RFC 8839 §5.1
    private const string Rfc8839Host = "1 1 UDP 2130706431 203.0.113.141 8998 typ host";
    private const string Rfc8839Reflexive = "2 1 UDP 1694498815 192.0.2.3 45664 typ srflx raddr 203.0.113.141 rport 8998";

    [Fact]
    public void TryParse_Rfc8839Examples()
    {
        Assert.True(Candidate.TryParse(Rfc8839Host, out var host));
        Assert.Equal(new Candidate("1", 1, "udp", 2130706431, "203.0.113.141", 8998, CandidateType.Host), host);

        Assert.True(Candidate.TryParse(Rfc8839Reflexive, out var reflexive));
        Assert.Equal(CandidateType.ServerReflexive, reflexive.Type);
        Assert.Equal(("203.0.113.141", (int?)8998), (reflexive.RelatedAddress, reflexive.RelatedPort));
        Assert.Equal(Rfc8839Reflexive, reflexive.ToString(), ignoreCase: true);
    }

    [Theory]
    [InlineData("candidate:842163049 1 udp 1677729535 2001:db8::3 58211 typ srflx raddr :: rport 0 generation 0 ufrag XuBl network-cost 999")]
    [InlineData("3471623853 1 udp 2122194687 1b5f3c8e-0000-4000-8000-cafe.local 61765 typ host")]
    [InlineData("473322822 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active generation 0")]
    [InlineData("f/+ 2 udp 1 192.0.2.1 1 typ relay raddr 192.0.2.2 rport 2")]
    public void TryParse_AsClientsWriteThem_IsWrittenBackTheSame(string text)
    {
        Assert.True(Candidate.TryParse(text, out var candidate));
        Assert.True(Candidate.TryParse(candidate.ToString(), out var again));
        Assert.Equal(candidate, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1 0 udp 1 192.0.2.1 1 typ host")]
    [InlineData("1 1 udp -1 192.0.2.1 1 typ host")]
    [InlineData("1 1 udp 1 192.0.2.1 70000 typ host")]
    [InlineData("1 1 udp 1 192.0.2.1 1 typ cloud")]
    [InlineData("1 1 udp 1 192.0.2.1 1 kind host")]
    [InlineData("1 1 udp 1 192.0.2.1 1 typ srflx raddr")]
    [InlineData("1 1 udp 1 192.0.2.1 1 typ srflx raddr 192.0.2.2 rport x")]
    public void TryParse_Malformed_ReturnsFalse(string text)
    {
        Assert.False(Candidate.TryParse(text, out var candidate));
        Assert.Null(candidate);
    }

    [Fact]
    public void TryParse_CutAtEveryLength_NeverThrows()
    {
        for (var length = 0; length <= Rfc8839Reflexive.Length; length++)
        {
            var parsed = Candidate.TryParse(Rfc8839Reflexive.AsSpan(0, length), out var candidate);
            Assert.Equal(parsed, candidate is not null);
        }
    }

    [Fact]
    public void Host_Priorities_FallInTheOrderGiven()
    {
        var candidates = Enumerable.Range(0, 3).Select(index => Candidate.Host(index, "192.0.2.1", 7882)).ToList();

        Assert.Equal(2130706431u, candidates[0].Priority); // RFC 8445 §5.1.2.1: 126, 65535, component 1
        Assert.Equal(candidates.OrderByDescending(candidate => candidate.Priority), candidates);
        Assert.Equal(3, candidates.Select(candidate => candidate.Foundation).Distinct().Count());
    }
}
