namespace MediaRelay.Relay.Rooms;

/// <summary>Why a room did not take a session.</summary>
public enum RoomRefusal
{
    /// <summary>It did.</summary>
    None,

    /// <summary>The room has been closed.</summary>
    Closed,

    /// <summary>The room has as many viewers as it may.</summary>
    Full,

    /// <summary>Another identity publishes in the room.</summary>
    OtherHost,
}
