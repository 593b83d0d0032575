using MediaRelay.Commerce.Identifiers;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Server.Auth;

namespace MediaRelay.Server.Signaling;

/// <summary>What signalling needs to know of a registered room.</summary>
internal sealed record RoomEntry(RoomId Id, RoomFacts Facts, string MerchantName, bool IsPortrait, VideoCodec? FixedCodec);
