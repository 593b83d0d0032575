namespace MediaRelay.Protocols.Sctp;

/// <summary>How an SCTP association behaves.</summary>
public sealed class SctpOptions
{
    /// <summary>The highest number of streams that we answer in either direction, so that a peer cannot make us keep more.</summary>
    public const ushort MaxStreams = 1024;

    /// <summary>Our port; the SDP's <c>a=sctp-port</c>. 5000 is what every browser uses.</summary>
    public ushort LocalPort { get; init; } = 5000;

    /// <summary>The peer's port.</summary>
    public ushort RemotePort { get; init; } = 5000;

    /// <summary>
    /// Bytes of the largest SCTP packet, 200–1,900. 1,150: with DTLS (37 bytes), UDP and IPv6 headers it fits in 1,280, which
    /// every path carries.
    /// </summary>
    public int MaxPacketSize { get; init; } = 1150;

    /// <summary>
    /// Bytes of the largest message that we take (what our SDP says as <c>a=max-message-size</c>). A larger one is dropped and
    /// counted. 64 KiB is what RFC 8841 §6.1 lets a peer assume.
    /// </summary>
    public int MaxIncomingMessageSize { get; init; } = 65_536;

    /// <summary>Bytes of the largest message that the peer takes (its <c>a=max-message-size</c>); 0 means any (RFC 8841 §6).</summary>
    public int MaxOutgoingMessageSize { get; init; } = 65_536;

    /// <summary>
    /// Bytes that may wait here for reassembly, order and reading; announced as a_rwnd. At least the largest message and 16 KiB.
    /// Nothing is allocated before it arrives.
    /// </summary>
    public int ReceiveWindow { get; init; } = 131_072;

    /// <summary>Bytes that may be accepted for sending and not yet acknowledged.</summary>
    public int SendBufferSize { get; init; } = 262_144;

    /// <summary>When what is buffered falls to this many bytes, <see cref="SctpEventKind.BufferedAmountLow"/> is raised.</summary>
    public int BufferedAmountLowThreshold { get; init; }

    /// <summary>RTO before the first measurement. RFC 9260 §16 says 1 s; the path is known from ICE and DTLS to be alive.</summary>
    public TimeSpan RtoInitial { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>Least RTO. RFC 9260 §16 says 1 s, which is too long for what must be seen well under a second.</summary>
    public TimeSpan RtoMin { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Greatest RTO; RFC 9260 §16 says 60 s, but consent (RFC 7675) ends a dead path after 30 s.</summary>
    public TimeSpan RtoMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Timeouts in a row after which the peer counts as gone (Association.Max.Retrans, RFC 9260 §16).</summary>
    public int MaxRetransmissions { get; init; } = 10;

    /// <summary>How often INIT or COOKIE ECHO is repeated (Max.Init.Retransmits, RFC 9260 §16).</summary>
    public int MaxInitRetransmissions { get; init; } = 8;

    /// <summary>How long an idle association waits between heartbeats; zero sends none.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an acknowledgement may wait for a second packet; RFC 9260 §6.2 allows at most 500 ms.</summary>
    public TimeSpan SackDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// The initial congestion window in packets. RFC 9260 §7.2.1 says 4; 10 is TCP's (RFC 6928) and dcsctp's, so that a snapshot
    /// of ordinary size is there after one round trip.
    /// </summary>
    public int InitialWindowPackets { get; init; } = 10;

    /// <summary>Throws when a value makes no sense; options come from us, never from a peer.</summary>
    internal void Validate()
    {
        Require(MaxPacketSize is >= 200 and <= 1900, "MaxPacketSize must be 200 to 1,900 bytes");
        Require(MaxIncomingMessageSize > 0, "MaxIncomingMessageSize must be positive");
        Require(MaxOutgoingMessageSize >= 0, "MaxOutgoingMessageSize must not be negative");
        Require(ReceiveWindow >= MaxIncomingMessageSize + 16_384, "ReceiveWindow must hold the largest message and 16 KiB");
        Require(ReceiveWindow <= 1 << 28, "ReceiveWindow must be at most 256 MiB");
        Require(SendBufferSize >= MaxOutgoingMessageSize, "SendBufferSize must hold the largest message");
        Require(SendBufferSize is >= 4096 and <= 1 << 28, "SendBufferSize must be 4 KiB to 256 MiB");
        Require(BufferedAmountLowThreshold >= 0, "BufferedAmountLowThreshold must not be negative");
        Require(RtoMin > TimeSpan.Zero && RtoInitial >= RtoMin && RtoMax >= RtoInitial, "RtoMin, RtoInitial and RtoMax must rise");
        Require(MaxRetransmissions >= 0 && MaxInitRetransmissions >= 0, "Retransmission limits must not be negative");
        Require(HeartbeatInterval >= TimeSpan.Zero, "HeartbeatInterval must not be negative");
        Require(SackDelay >= TimeSpan.Zero && SackDelay <= TimeSpan.FromMilliseconds(500), "SackDelay must be at most 500 ms");
        Require(InitialWindowPackets > 0, "InitialWindowPackets must be positive");
    }

    private static void Require(bool isMet, string rule)
    {
        if (!isMet)
        {
            throw new InvalidOperationException($"SCTP options: {rule}.");
        }
    }
}
