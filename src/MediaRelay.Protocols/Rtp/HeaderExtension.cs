namespace MediaRelay.Protocols.Rtp;

/// <summary>The header extensions that we know; their uris are in <see cref="HeaderExtensions"/>.</summary>
public enum HeaderExtension
{
    /// <summary>Which media section a packet belongs to.</summary>
    Mid,

    /// <summary>Which simulcast encoding a packet belongs to.</summary>
    Rid,

    /// <summary>Which simulcast encoding a retransmission repairs.</summary>
    RepairedRid,

    /// <summary>Loudness of the audio in the packet.</summary>
    AudioLevel,

    /// <summary>When the packet left the sender, 24 bits.</summary>
    AbsSendTime,

    /// <summary>Sequence number common to all streams of a transport, for congestion feedback.</summary>
    TransportCc,

    /// <summary>When the frame was captured, on the capturer's clock.</summary>
    AbsCaptureTime,

    /// <summary>Time between the RTP timestamp and sending.</summary>
    TransmissionOffset,

    /// <summary>How the picture must be turned.</summary>
    VideoOrientation,

    /// <summary>Least and greatest delay that the receiver's playout buffer may have.</summary>
    PlayoutDelay,
}
