namespace MediaRelay.Server.Webhooks;

/// <summary>How one attempt to deliver an event ended.</summary>
internal enum SendOutcome
{
    /// <summary>2xx: the receiver has it.</summary>
    Delivered,

    /// <summary>Another status.</summary>
    Refused,

    /// <summary>No answer in time.</summary>
    TimedOut,

    /// <summary>No connection, or it broke.</summary>
    Unreachable,

    /// <summary>The name leads to addresses that are not public only.</summary>
    Forbidden,

    /// <summary>410: there is no such receiver any more.</summary>
    Gone,
}
