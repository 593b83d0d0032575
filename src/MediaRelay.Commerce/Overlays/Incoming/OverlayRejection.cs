namespace MediaRelay.Commerce.Overlays.Incoming;

/// <summary>Why a viewer's message was dropped.</summary>
public enum OverlayRejection
{
    None,

    /// <summary>More than 60 KiB.</summary>
    Oversized,

    /// <summary>Not one MessagePack array of the envelope's shape.</summary>
    Malformed,

    /// <summary>Another version than 1.</summary>
    UnknownVersion,

    /// <summary>A type that viewers do not send.</summary>
    UnknownType,

    /// <summary>The body lacks a field that the type needs.</summary>
    FieldMissing,

    /// <summary>A field of the body has another type or a value outside its range.</summary>
    FieldInvalid,
}
