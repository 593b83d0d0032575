using MediaRelay.Protocols.Sdp;

namespace MediaRelay.Server.Tests.Api.Media;

/// <summary>Offers of viewers that never come: their sessions stay half open.</summary>
internal static class Offers
{
    public static string Viewer() => OfferBuilder.Build(
        new OfferOptions { Role = NegotiationRole.Subscribe, Audio = true, VideoCodecs = [SdpCodec.H264], Data = true },
        new LocalTransport("abcd", "0123456789abcdef01234567", "sha-256", string.Join(':', Enumerable.Repeat("0A", 32)), [])).ToString();
}
