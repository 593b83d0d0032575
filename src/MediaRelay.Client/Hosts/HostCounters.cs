namespace MediaRelay.Client.Hosts;

/// <summary>What a host has sent and been asked for. Written by its loop, read by any thread (a count may be a moment old).</summary>
public sealed class HostCounters
{
    public long Pictures { get; internal set; }

    public long KeyFrames { get; internal set; }

    /// <summary>RTP packets without resent ones.</summary>
    public long Packets { get; internal set; }

    /// <summary>RTP payload bytes without resent ones.</summary>
    public long Bytes { get; internal set; }

    /// <summary>Packet numbers asked for again.</summary>
    public long Nacked { get; internal set; }

    public long Resent { get; internal set; }

    /// <summary>PLI and FIR.</summary>
    public long KeyFrameRequests { get; internal set; }

    /// <summary>Packets that were not sent because the SRTP context refused them.</summary>
    public long Unsent { get; internal set; }

    /// <summary>Packets lost on purpose; they count as sent.</summary>
    public long LostOnPurpose { get; internal set; }
}
