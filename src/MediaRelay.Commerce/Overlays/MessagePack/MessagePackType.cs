namespace MediaRelay.Commerce.Overlays.MessagePack;

/// <summary>The kinds of value in the MessagePack specification, by the first byte.</summary>
public enum MessagePackType
{
    /// <summary>Nothing left, or the byte 0xc1 that the specification never uses.</summary>
    None,
    Nil,
    Boolean,
    Integer,
    Float,
    String,
    Binary,
    Array,
    Map,
    Extension,
}
