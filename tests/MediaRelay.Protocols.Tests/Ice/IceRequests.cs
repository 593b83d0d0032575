using System.Text;
using MediaRelay.Protocols.Ice;
using MediaRelay.Protocols.Network;
using MediaRelay.Protocols.Stun;

namespace MediaRelay.Protocols.Tests.Ice;

/// <summary>Connectivity checks as a browser sends them, and the addresses they travel between.</summary>
internal static class IceRequests
{
    public const string RemoteUfrag = "peer";

    public static readonly IceCredentials Local = new("localufrag00", "localpassword-localpassw");

    public static readonly TransportAddress Server = TransportAddress.FromIPv4(0xC000_0201, 7882);

    public static NetworkPath PathFrom(ushort port) => new(Server, TransportAddress.FromIPv4(0xC633_6401, port));

    public static byte[] Check(
        IceCredentials to,
        bool isNomination = false,
        string remoteUfrag = RemoteUfrag,
        bool isControlled = false,
        ushort? unknownAttribute = null)
    {
        var buffer = new byte[StunMessageWriter.MaxBindingLength];
        var writer = new StunMessageWriter(buffer, StunMessageType.BindingRequest, TransactionId.Create());
        writer.AddUsername(to.Ufrag, remoteUfrag);
        writer.AddPriority(1);
        if (isControlled)
        {
            writer.AddIceControlled(ulong.MaxValue);
        }
        else
        {
            writer.AddIceControlling(1);
        }

        if (isNomination)
        {
            writer.AddUseCandidate();
        }

        if (unknownAttribute is { } type)
        {
            // An empty attribute, put in by hand behind what the writer knows.
            byte[] attribute = [(byte)(type >> 8), (byte)type, 0, 0];
            attribute.CopyTo(buffer, writer.Length);
            return SignByHand(buffer, writer.Length + attribute.Length, to.Password);
        }

        writer.AddIntegrity(Encoding.ASCII.GetBytes(to.Password));
        writer.AddFingerprint();
        return buffer[..writer.Length];
    }

    private static byte[] SignByHand(byte[] buffer, int length, string password)
    {
        var hash = new byte[StunMessage.IntegrityLength];
        StunMessage.ComputeIntegrity(buffer.AsSpan(0, length), Encoding.ASCII.GetBytes(password), hash);
        byte[] message = [.. buffer[..length], 0, 8, 0, 20, .. hash];
        message[3] = (byte)(message.Length - StunMessage.HeaderLength);
        return message;
    }
}
