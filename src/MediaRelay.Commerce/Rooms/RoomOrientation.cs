namespace MediaRelay.Commerce.Rooms;

/// <summary>How a room's picture stands.</summary>
public enum RoomOrientation
{
    Portrait,
    Landscape,
}
