namespace MediaRelay.Protocols.DataChannels;

/// <summary>What data channels report.</summary>
public enum DataChannelEventKind
{
    /// <summary>The SCTP association is up.</summary>
    Connected,

    /// <summary>The peer opened a channel, or acknowledged one that we opened.</summary>
    ChannelOpened,

    /// <summary>A whole message arrived on a channel.</summary>
    Message,

    /// <summary>A channel is closed; its messages were all given out before.</summary>
    ChannelClosed,

    /// <summary>What is buffered for sending has fallen to the threshold of the options.</summary>
    BufferedAmountLow,

    /// <summary>The association has ended; its channels were reported closed before.</summary>
    Closed,
}
