namespace MediaRelay.Protocols.Ice;

/// <summary>How far an <see cref="IceClientAgent"/> is.</summary>
public enum IceClientState
{
    /// <summary>Not started.</summary>
    New,

    /// <summary>Checks are under way, no pair is nominated yet.</summary>
    Checking,

    /// <summary>A pair is nominated and the peer consents.</summary>
    Connected,

    /// <summary>No pair answered, or consent was lost (RFC 7675 §5.1). Final.</summary>
    Failed,
}
