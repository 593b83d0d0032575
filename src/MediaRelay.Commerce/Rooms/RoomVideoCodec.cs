namespace MediaRelay.Commerce.Rooms;

/// <summary>The video codec that a room insists on.</summary>
public enum RoomVideoCodec
{
    H264,
    Vp8,
}
