using System.Reflection;
using MediaRelay.Protocols.Sdp;

namespace MediaRelay.Protocols.Tests.Sdp;

/// <summary>Offers as clients write them, and the two sides' usual arguments.</summary>
internal static class SdpSamples
{
    public const string Fingerprint =
        "79:E1:AD:18:3D:22:9F:99:7F:C9:67:A1:F3:33:CA:39:91:B8:B8:24:54:F6:C5:A3:7D:36:39:D0:06:82:E4:B3";

    public static readonly LocalTransport Server = new(
        "srvu", "serverpasswordserverpass", "sha-256", Fingerprint, [("192.0.2.7", 7882), ("2001:db8::7", 7882)]);

    public static readonly LocalTransport Client = new("clnt", "clientpasswordclientpass", "sha-256", Fingerprint, []);

    public static readonly AnnouncedStreams Streams = new("relay", "feed", "feed-audio", "feed-video", 1111, 2222, 3333);

    public static readonly AnswerPolicy Publish = new() { Role = NegotiationRole.Publish };

    public static readonly AnswerPolicy Subscribe = new()
    {
        Role = NegotiationRole.Subscribe,
        Streams = Streams,
        AllowDataChannel = true,
        OpusStereo = true,
    };

    public static string Offer(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new FileNotFoundException(name);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    public static string ChromiumHost => Offer("host-offer-simulcast.sdp");

    public static string ChromiumViewer => Offer("viewer-offer.sdp");

    public static SessionDescription Parse(string text)
    {
        Assert.True(SessionDescription.TryParse(text, out var sdp, out var error), error);
        return sdp;
    }

    /// <summary>Answers an offer and checks the answer against the rules before handing it out.</summary>
    public static NegotiatedSession Answer(string text, AnswerPolicy policy)
    {
        var offer = Parse(text);
        Assert.True(OfferAnswer.TryAnswer(offer, policy, Server, out var session, out var error), error?.Message);
        AnswerRules.Check(offer, session);
        return session;
    }

    public static AnswerError Refuse(string text, AnswerPolicy policy)
    {
        Assert.False(OfferAnswer.TryAnswer(Parse(text), policy, Server, out var session, out var error));
        Assert.Null(session);
        return error;
    }
}
