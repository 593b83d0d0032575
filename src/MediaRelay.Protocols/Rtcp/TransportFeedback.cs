using System.Buffers.Binary;
using MediaRelay.Protocols.Rtp;

namespace MediaRelay.Protocols.Rtcp;

/// <summary>
/// Transport-wide congestion feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1): which of a run of
/// packets arrived, and when. <c>foreach</c> gives an entry per packet without allocating.
/// <code>
/// |      base sequence number     |      packet status count      |
/// |           reference time (24, 64 ms)          | fb pkt. count |
/// |  packet chunks (16 bits each) …  |  receive deltas …  | padding
/// </code>
/// </summary>
public readonly ref struct TransportFeedback
{
    public const int MicrosecondsPerTick = 250;

    /// <summary>
    /// More statuses than this in one message are refused: a run-length chunk costs a peer two bytes and us 8,191
    /// steps. 8,192 are several seconds of the highest rate that we send.
    /// </summary>
    public const int MaxStatusCount = 8_192;

    internal const int FixedLength = 8;
    internal const int TicksPerReference = 256;

    private readonly RtcpPacket _packet;
    private readonly int _chunksLength;

    private TransportFeedback(RtcpPacket packet, int chunksLength)
    {
        _packet = packet;
        _chunksLength = chunksLength;
    }

    public Ssrc SenderSsrc => _packet.ReadSsrc(0);

    public Ssrc MediaSsrc => _packet.ReadSsrc(4);

    /// <summary>Transport-wide sequence number of the first entry.</summary>
    public ushort BaseSequence => BinaryPrimitives.ReadUInt16BigEndian(Message);

    /// <summary>Entries, 1 to <see cref="MaxStatusCount"/>.</summary>
    public int StatusCount => BinaryPrimitives.ReadUInt16BigEndian(Message[2..]);

    /// <summary>24 bits signed, in 64 ms.</summary>
    public int ReferenceTime => BinaryPrimitives.ReadInt32BigEndian(Message[4..]) >> 8;

    /// <summary>Counts the receiver's messages, so that lost ones are noticed.</summary>
    public byte FeedbackCount => Message[7];

    private ReadOnlySpan<byte> Message => _packet.Body[RtcpPacket.FeedbackHeaderLength..];

    /// <summary>
    /// False for another packet, without statuses or with too many, with a reserved symbol, and when chunks or deltas
    /// are cut short.
    /// </summary>
    public static bool TryParse(in RtcpPacket packet, out TransportFeedback feedback)
    {
        feedback = default;
        if (!packet.IsFeedback(RtcpType.TransportLayerFeedback, TransportLayerFeedback.TransportWide)
            || packet.Body.Length < RtcpPacket.FeedbackHeaderLength + FixedLength)
        {
            return false;
        }

        var message = packet.Body[RtcpPacket.FeedbackHeaderLength..];
        int left = BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        if (left is 0 or > MaxStatusCount)
        {
            return false;
        }

        var position = FixedLength;
        var deltasLength = 0;
        while (left > 0)
        {
            if (message.Length - position < 2)
            {
                return false;
            }

            var chunk = BinaryPrimitives.ReadUInt16BigEndian(message[position..]);
            position += 2;
            var count = Math.Min(left, TransportFeedbackChunk.GetCount(chunk));
            if (!TransportFeedbackChunk.TryGetDeltasLength(chunk, count, out var length))
            {
                return false;
            }

            deltasLength += length;
            left -= count;
        }

        if (message.Length - position < deltasLength)
        {
            return false;
        }

        feedback = new TransportFeedback(packet, position - FixedLength);
        return true;
    }

    public Enumerator GetEnumerator() => new(this);

    public ref struct Enumerator
    {
        private ReadOnlySpan<byte> _chunks;
        private ReadOnlySpan<byte> _deltas;
        private int _left;
        private ushort _nextSequence;
        private ushort _chunk;
        private int _index;
        private int _count;
        private long _arrival;

        internal Enumerator(TransportFeedback feedback)
        {
            var content = feedback.Message[FixedLength..];
            _chunks = content[..feedback._chunksLength];
            _deltas = content[feedback._chunksLength..];
            _left = feedback.StatusCount;
            _nextSequence = feedback.BaseSequence;
            _arrival = (long)feedback.ReferenceTime * TicksPerReference;
        }

        public TransportFeedbackEntry Current { get; private set; }

        public bool MoveNext()
        {
            if (_left == 0)
            {
                return false;
            }

            while (_index == _count)
            {
                _chunk = BinaryPrimitives.ReadUInt16BigEndian(_chunks);
                _chunks = _chunks[2..];
                _index = 0;
                _count = TransportFeedbackChunk.GetCount(_chunk);
            }

            _left--;
            Current = ReadEntry(_nextSequence++, TransportFeedbackChunk.GetSymbol(_chunk, _index++));
            return true;
        }

        private TransportFeedbackEntry ReadEntry(ushort sequence, TransportFeedbackSymbol symbol)
        {
            if (symbol == TransportFeedbackSymbol.NotReceived)
            {
                return new TransportFeedbackEntry(sequence, IsReceived: false, 0, 0);
            }

            int delta;
            if (symbol == TransportFeedbackSymbol.SmallDelta)
            {
                delta = _deltas[0];
                _deltas = _deltas[1..];
            }
            else
            {
                delta = BinaryPrimitives.ReadInt16BigEndian(_deltas);
                _deltas = _deltas[2..];
            }

            _arrival += delta;
            return new TransportFeedbackEntry(sequence, IsReceived: true, delta, _arrival);
        }
    }
}
