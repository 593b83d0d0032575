namespace MediaRelay.Protocols.Stun;

/// <summary>Class and method of a STUN message as they stand in its first two bytes (RFC 8489 §5); only the Binding method is used.</summary>
public enum StunMessageType : ushort
{
    BindingRequest = 0x0001,
    BindingIndication = 0x0011,
    BindingSuccess = 0x0101,
    BindingError = 0x0111,
}
