using MediaRelay.Protocols.Network;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Transport.Groups;

/// <summary>Takes what arrives at one socket of a <see cref="UdpSocketGroup"/>, on the thread that calls its <c>Receive</c>.</summary>
public abstract class DatagramReceiver
{
    /// <summary>One datagram; borrowed for this call, and may be changed in place.</summary>
    public abstract void Receive(Timestamp now, Span<byte> datagram, in NetworkPath path);
}
