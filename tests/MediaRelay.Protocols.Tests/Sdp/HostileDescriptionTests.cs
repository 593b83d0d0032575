using MediaRelay.Protocols.Sdp;

namespace MediaRelay.Protocols.Tests.Sdp;

/// <summary>Whatever text arrives, it is answered by the rules or refused with a reason; nothing throws.</summary>
public class HostileDescriptionTests
{
    private static readonly string[] Names =
    [
        "host-offer-simulcast.sdp", "viewer-offer.sdp", "firefox-host.sdp", "safari-viewer.sdp", "node-libwebrtc-host.sdp",
        "werift-host.sdp", "libdatachannel-host.sdp", "libdatachannel-viewer-data-only.sdp", "aiortc-viewer.sdp",
        "pion-viewer.sdp", "gstreamer-host.sdp",
    ];

    [Fact]
    public void Fixtures_CutShort_NeverThrow()
    {
        foreach (var text in Names.Select(SdpSamples.Offer))
        {
            for (var length = 0; length < text.Length; length += 37)
            {
                AnswerOrRefuse(text[..length], $"cut at {length}");
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Fixtures_Mutated_AreAnsweredByTheRulesOrRefused(int seed)
    {
        var random = new Random(seed);
        var answered = 0;
        foreach (var name in Names)
        {
            var lines = SdpSamples.Offer(name).Split('\n');
            for (var round = 0; round < 150; round++)
            {
                var text = Mutate(lines, random);
                answered += AnswerOrRefuse(text, $"seed {seed}, {name}, round {round}:\n{text}");
            }
        }

        // The mutations must leave enough whole offers for the rules to be tried.
        Assert.InRange(answered, 200, int.MaxValue);
    }

    [Fact]
    public void Fragments_Mutated_NeverThrow()
    {
        var random = new Random(7);
        var answer = SdpSamples.Answer(SdpSamples.ChromiumViewer, SdpSamples.Subscribe).Answer;
        var lines = SdpFragment.ForRestart(answer, SdpSamples.Server).ToString().Split('\n');
        for (var round = 0; round < 2000; round++)
        {
            var parsed = SdpFragment.TryParse(Mutate(lines, random), out var fragment, out var error);
            Assert.Equal(parsed, fragment is not null);
            Assert.Equal(parsed, error is null);
        }
    }

    private static int AnswerOrRefuse(string text, string what)
    {
        if (!SessionDescription.TryParse(text, out var offer, out var problem))
        {
            Assert.False(string.IsNullOrEmpty(problem), what);
            return 0;
        }

        var answered = 0;
        foreach (var policy in (AnswerPolicy[])[SdpSamples.Publish with { AllowSimulcast = true }, SdpSamples.Subscribe])
        {
            if (OfferAnswer.TryAnswer(offer, policy, SdpSamples.Server, out var session, out var error))
            {
                answered++;
                AnswerRules.Check(offer, session);
            }
            else
            {
                Assert.False(string.IsNullOrEmpty(error.Message), what);
            }
        }

        return answered;
    }

    private static string Mutate(string[] original, Random random)
    {
        var lines = original.ToList();
        for (var changes = random.Next(1, 5); changes > 0; changes--)
        {
            var at = random.Next(lines.Count);
            switch (random.Next(6))
            {
                case 0:
                    lines.RemoveAt(at);
                    break;
                case 1:
                    lines.Insert(random.Next(lines.Count), lines[at]);
                    break;
                case 2:
                    var other = random.Next(lines.Count);
                    (lines[at], lines[other]) = (lines[other], lines[at]);
                    break;
                case 3 when lines[at].Length > 0:
                    var characters = lines[at].ToCharArray();
                    characters[random.Next(characters.Length)] = (char)random.Next(1, 0x180);
                    lines[at] = new string(characters);
                    break;
                case 4:
                    lines[at] = lines[at][..random.Next(lines[at].Length + 1)];
                    break;
                default:
                    lines[at] += random.Next(2) == 0 ? " 0" : "999999999999";
                    break;
            }

            if (lines.Count == 0)
            {
                lines.Add("");
            }
        }

        return string.Join('\n', lines);
    }
}
