using System.Buffers.Binary;
using MediaRelay.Protocols.Rtp;

namespace MediaRelay.Protocols.Rtcp;

/// <summary>
/// FIR (RFC 5104 §4.3.1): per media sender a request for a key frame, with a number that repeats of the same request
/// keep. <c>foreach</c> gives the entries without allocating.
/// </summary>
public readonly ref struct FullIntraRequest
{
    internal const int EntryLength = 8;

    private readonly RtcpPacket _packet;

    private FullIntraRequest(RtcpPacket packet) => _packet = packet;

    public Ssrc SenderSsrc => _packet.ReadSsrc(0);

    /// <summary>False for another packet, and without an entry.</summary>
    public static bool TryParse(in RtcpPacket packet, out FullIntraRequest request)
    {
        var isValid = packet.IsFeedback(RtcpType.PayloadSpecificFeedback, PayloadSpecificFeedback.FullIntraRequest)
            && packet.Body.Length >= RtcpPacket.FeedbackHeaderLength + EntryLength;
        request = isValid ? new FullIntraRequest(packet) : default;
        return isValid;
    }

    public Enumerator GetEnumerator() => new(_packet.Body[RtcpPacket.FeedbackHeaderLength..]);

    /// <summary>One request: the stream that shall send a key frame, and the command's number.</summary>
    public readonly record struct Entry(Ssrc MediaSsrc, byte CommandSequence);

    public ref struct Enumerator
    {
        private ReadOnlySpan<byte> _entries;

        internal Enumerator(ReadOnlySpan<byte> entries) => _entries = entries;

        public Entry Current { get; private set; }

        public bool MoveNext()
        {
            if (_entries.Length < EntryLength)
            {
                return false;
            }

            Current = new Entry(new Ssrc(BinaryPrimitives.ReadUInt32BigEndian(_entries)), _entries[4]);
            _entries = _entries[EntryLength..];
            return true;
        }
    }
}
