using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Overlays;

namespace MediaRelay.Server.Overlays;

/// <summary>A message for one viewer, with the room whose counter numbered it.</summary>
internal sealed record AddressedOverlay(RoomId RoomId, OverlayMessage Message);
