using System.Buffers.Binary;
using System.Numerics;
using MediaRelay.Protocols.Rtp;

namespace MediaRelay.Protocols.Rtcp;

/// <summary>
/// Generic NACK (RFC 4585 §6.2.1): pairs of a lost packet's number (PID) and a mask of which of the 16 after it are
/// lost too (BLP). <c>foreach</c> gives the numbers in wire order, without allocating.
/// </summary>
public readonly ref struct Nack
{
    internal const int PairLength = 4;

    private readonly RtcpPacket _packet;

    private Nack(RtcpPacket packet) => _packet = packet;

    public Ssrc SenderSsrc => _packet.ReadSsrc(0);

    /// <summary>The stream whose packets are missing.</summary>
    public Ssrc MediaSsrc => _packet.ReadSsrc(4);

    /// <summary>False for another packet, and without a pair.</summary>
    public static bool TryParse(in RtcpPacket packet, out Nack nack)
    {
        var isValid = packet.IsFeedback(RtcpType.TransportLayerFeedback, TransportLayerFeedback.Nack)
            && packet.Body.Length >= RtcpPacket.FeedbackHeaderLength + PairLength;
        nack = isValid ? new Nack(packet) : default;
        return isValid;
    }

    public Enumerator GetEnumerator() => new(_packet.Body[RtcpPacket.FeedbackHeaderLength..]);

    public ref struct Enumerator
    {
        private ReadOnlySpan<byte> _pairs;
        private SequenceNumber _packetId;
        private ushort _mask;

        internal Enumerator(ReadOnlySpan<byte> pairs) => _pairs = pairs;

        public SequenceNumber Current { get; private set; }

        public bool MoveNext()
        {
            if (_mask != 0)
            {
                Current = _packetId + (BitOperations.TrailingZeroCount(_mask) + 1);
                _mask &= (ushort)(_mask - 1);
                return true;
            }

            if (_pairs.Length < PairLength)
            {
                return false;
            }

            _packetId = new SequenceNumber(BinaryPrimitives.ReadUInt16BigEndian(_pairs));
            _mask = BinaryPrimitives.ReadUInt16BigEndian(_pairs[2..]);
            _pairs = _pairs[PairLength..];
            Current = _packetId;
            return true;
        }
    }
}
