namespace MediaRelay.Relay.Shards;

/// <summary>What one loop counts; written by the loop, read by the metrics endpoint (a value may be a moment old).</summary>
public sealed class RelayCounters
{
    public long RtpPacketsReceived { get; internal set; }

    public long RtpBytesReceived { get; internal set; }

    public long RtpPacketsSent { get; internal set; }

    public long RtpBytesSent { get; internal set; }

    public long RtcpPacketsReceived { get; internal set; }

    public long RtcpPacketsSent { get; internal set; }

    public long NacksReceived { get; internal set; }

    public long NacksSent { get; internal set; }

    public long NacksUnanswered { get; internal set; }

    public long NacksLimited { get; internal set; }

    /// <summary>Packets not sent again because resends had taken their share of the viewer's path.</summary>
    public long NacksOverBudget { get; internal set; }

    /// <summary>Packets not sent again because the viewer's path became too narrow for the encoding, and another one follows.</summary>
    public long NacksGivenUp { get; internal set; }

    public long PacketsResent { get; internal set; }

    /// <summary>RTP padding that made runs of equal length.</summary>
    public long PaddingBytesSent { get; internal set; }

    /// <summary>Padding that asked whether a viewer's path carries more.</summary>
    public long ProbeBytesSent { get; internal set; }

    /// <summary>Viewers that changed to another encoding of a simulcast.</summary>
    public long LayerSwitches { get; internal set; }

    /// <summary>Packets of encodings that nobody watches, not passed on.</summary>
    public long PacketsPaused { get; internal set; }

    public long KeyFrameRequestsReceived { get; internal set; }

    public long KeyFrameRequestsSent { get; internal set; }

    public long DataMessagesSent { get; internal set; }

    public long DataMessagesReceived { get; internal set; }

    public long DatagramsForwarded { get; internal set; }

    public long HandOversDropped => Interlocked.Read(ref _handOversDropped);

    internal void CountHandOverDropped() => Interlocked.Increment(ref _handOversDropped);

    private long _handOversDropped;
}
