using MediaRelay.Protocols.Ice;
using MediaRelay.Protocols.Sdp;

namespace MediaRelay.Relay.Sessions;

/// <summary>
/// An offer that was read and can be answered. Nothing is kept for it, and it costs no connection: that begins when a session is made
/// of it, once.
/// </summary>
public sealed class AcceptableOffer
{
    internal AcceptableOffer(IceCredentials credentials, NegotiatedSession negotiated, AnnouncedStreams? streams)
    {
        Credentials = credentials;
        Negotiated = negotiated;
        Streams = streams;
    }

    internal IceCredentials Credentials { get; }

    internal NegotiatedSession Negotiated { get; }

    /// <summary>What the answer says that a viewer will be sent; null for a host.</summary>
    internal AnnouncedStreams? Streams { get; }
}
