namespace MediaRelay.Client.Viewers;

/// <summary>How much of the media a viewer decrypts. RTP headers are in clear, so counting needs no decryption.</summary>
public enum MediaInspection
{
    /// <summary>Every packet, as a real viewer does.</summary>
    All,

    /// <summary>
    /// Everything until the first key frame is complete, then only the last packet of each picture, which carries the time code of a
    /// synthetic host; the others are counted by their headers. Authentication of these is not checked.
    /// </summary>
    FrameEnds,

    /// <summary>Everything until the first key frame is complete, then nothing but headers.</summary>
    Headers,
}
