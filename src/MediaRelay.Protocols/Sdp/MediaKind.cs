namespace MediaRelay.Protocols.Sdp;

/// <summary>The media type of an m-line (RFC 8866 §5.14).</summary>
public enum MediaKind
{
    Audio,
    Video,

    /// <summary>Data channels over SCTP (RFC 8841).</summary>
    Application,

    /// <summary>Text, message, image or a type to come: kept in its place, never accepted.</summary>
    Other,
}
