namespace MediaRelay.Protocols.DataChannels;

/// <summary>
/// How a channel delivers, agreed when it is opened and used by both sides (RFC 8832 §5.1). At most one of the limits is set;
/// without one the channel is reliable.
/// </summary>
/// <param name="IsOrdered">Messages arrive in the order in which they were sent.</param>
/// <param name="MaxRetransmits">How often a part of a message is repeated before the message is given up.</param>
/// <param name="MaxLifetime">After how long a message is given up; whole milliseconds.</param>
public readonly record struct DataChannelReliability(bool IsOrdered, uint? MaxRetransmits = null, TimeSpan? MaxLifetime = null)
{
    /// <summary>What a browser makes when it is not told otherwise.</summary>
    public static readonly DataChannelReliability ReliableOrdered = new(IsOrdered: true);
}
