namespace MediaRelay.Mixing.Link;

/// <summary>Why a worker is no longer there.</summary>
public enum MixerExitKind
{
    /// <summary>The relay ended it.</summary>
    Stopped,

    /// <summary>It said itself that it cannot go on.</summary>
    Failed,

    /// <summary>Its process ended or was killed.</summary>
    Died,

    /// <summary>Its heartbeats stopped; it was killed.</summary>
    Hung,

    /// <summary>It sent what the protocol does not allow; it was killed.</summary>
    ProtocolError,
}
