using MediaRelay.Protocols.Ice;
using MediaRelay.Protocols.Sdp;

namespace MediaRelay.Server.Tests.Api.Media;

/// <summary>Offers of viewers that never come: their sessions stay half open.</summary>
internal static class Offers
{
    /// <summary>Those of all offers here.</summary>
    public static readonly IceCredentials Credentials = new("abcd", "0123456789abcdef01234567");

    public static string Viewer() =>
        Build(new OfferOptions { Role = NegotiationRole.Subscribe, Audio = true, VideoCodecs = [SdpCodec.H264], Data = true });

    public static string Host() => Build(new OfferOptions
    {
        Role = NegotiationRole.Publish, VideoCodecs = [SdpCodec.H264], Streams = new AnnouncedStreams("host", "s", "a", "v", 1, 2, 3),
    });

    /// <summary>An offer in order that has nothing the relay can take: its one codec has another name.</summary>
    public static string WithoutAnyCodec() => Build(new OfferOptions { Role = NegotiationRole.Subscribe, Audio = true, VideoCodecs = [] })
        .Replace("opus/48000/2", "speex/16000", StringComparison.Ordinal);

    private static string Build(OfferOptions options) => OfferBuilder.Build(
        options,
        new LocalTransport(
            Credentials.Ufrag, Credentials.Password, "sha-256", string.Join(':', Enumerable.Repeat("0A", 32)), [])).ToString();
}
