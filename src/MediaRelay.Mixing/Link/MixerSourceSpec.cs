using MediaRelay.Protocols.Payloads;

namespace MediaRelay.Mixing.Link;

/// <summary>
/// One host whose picture and sound are mixed. <paramref name="Index"/> (0–15) names it on the link; it may be used
/// again after the source was removed. <paramref name="VideoCodec"/> is null as long as the host has not published; it
/// may change when the host publishes again.
/// </summary>
public sealed record MixerSourceSpec(int Index, string RoomId, string MerchantId, string MerchantName, VideoCodec? VideoCodec)
{
    /// <summary>Largest index: sources come and go during a session, but only four at a time.</summary>
    public const int MaxIndex = 15;
}
