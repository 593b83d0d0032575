namespace MediaRelay.Protocols.DataChannels;

/// <summary>One bidirectional channel: a pair of SCTP streams with the same number (RFC 8831 §6.4).</summary>
public sealed class DataChannel
{
    internal DataChannel(ushort id, string label, string protocol, DataChannelReliability reliability)
    {
        Id = id;
        Label = label;
        Protocol = protocol;
        Reliability = reliability;
    }

    /// <summary>The SCTP stream identifier, 0–1,023.</summary>
    public ushort Id { get; }

    public string Label { get; }

    public string Protocol { get; }

    public DataChannelReliability Reliability { get; }

    /// <summary>The other side knows of the channel.</summary>
    public bool IsOpen { get; internal set; }

    /// <summary>One side has begun to close it; nothing more can be sent.</summary>
    public bool IsClosing { get; internal set; }

    /// <summary>The peer's OPEN could not be acknowledged yet, since the send buffer was full.</summary>
    internal bool IsAckOwed { get; set; }

    /// <summary>The peer has reset its stream.</summary>
    internal bool IsIncomingReset { get; set; }

    /// <summary>Our stream is reset.</summary>
    internal bool IsOutgoingReset { get; set; }

    public override string ToString() => $"{Id} \"{Label}\"";
}
