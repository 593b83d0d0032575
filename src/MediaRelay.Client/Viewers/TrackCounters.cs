namespace MediaRelay.Client.Viewers;

/// <summary>What a viewer got of one track. Written by its loop, read by any thread (a count may be a moment old).</summary>
public sealed class TrackCounters
{
    /// <summary>RTP packets of the stream itself, those resent on it included.</summary>
    public long Packets { get; internal set; }

    /// <summary>Bytes of these on the wire, from the RTP header to the authentication tag.</summary>
    public long Bytes { get; internal set; }

    /// <summary>Packets that came on the retransmission stream.</summary>
    public long Repaired { get; internal set; }

    /// <summary>Missing numbers that came after all: resent on either stream, or only overtaken by later ones.</summary>
    public long Recovered { get; internal set; }

    /// <summary>Packets that never came, repaired or not (by sequence number).</summary>
    public long Missing { get; internal set; }

    /// <summary>Times that a number was missing when a later one came, whether it was repaired or not.</summary>
    public long Gaps { get; internal set; }

    /// <summary>Interarrival jitter (RFC 3550 §6.4.1).</summary>
    public TimeSpan Jitter { get; internal set; }

    /// <summary>Pictures whose packets, and all before them, are there.</summary>
    public long Pictures { get; internal set; }

    /// <summary>Pictures that ended with packets given up.</summary>
    public long BrokenPictures { get; internal set; }

    /// <summary>Key frames seen; with <see cref="MediaInspection.All"/> all of them.</summary>
    public long KeyFrames { get; internal set; }

    /// <summary>Numbers asked for again.</summary>
    public long NacksSent { get; internal set; }

    public long PlisSent { get; internal set; }
}
