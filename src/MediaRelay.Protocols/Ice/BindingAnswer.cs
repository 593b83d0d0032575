using MediaRelay.Protocols.Network;
using MediaRelay.Protocols.Stun;

namespace MediaRelay.Protocols.Ice;

/// <summary>
/// One answer that waits to be sent, as what it takes to write it: a queue of these is smaller than one of datagrams.
/// </summary>
/// <param name="ErrorCode">0 for a success, else the STUN error code.</param>
/// <param name="Unknown">The attributes that a 420 names.</param>
internal readonly record struct BindingAnswer(
    TransactionId TransactionId,
    NetworkPath Path,
    string Password,
    int ErrorCode = 0,
    StunUnknownAttributes Unknown = default)
{
    /// <summary>A request carries ICE-CONTROLLED but we cannot be controlling (RFC 8445 §7.3.1.1).</summary>
    public const int RoleConflict = 487;

    /// <summary>A request has attributes that must be understood and are not (RFC 8489 §6.3.1).</summary>
    public const int UnknownAttribute = 420;

    public int Write(Span<byte> destination)
    {
        var type = ErrorCode == 0 ? StunMessageType.BindingSuccess : StunMessageType.BindingError;
        var writer = new StunMessageWriter(destination, type, TransactionId);
        switch (ErrorCode)
        {
            case 0:
                writer.AddMappedAddress(Path.Remote);
                break;
            case UnknownAttribute:
                writer.AddErrorCode(ErrorCode, "Unknown Attribute"u8);
                writer.AddUnknownAttributes(Unknown);
                break;
            default:
                writer.AddErrorCode(ErrorCode, "Role Conflict"u8);
                break;
        }

        IceKey.Sign(ref writer, Password);
        return writer.Length;
    }
}
