using System.Buffers.Binary;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Rtcp;

/// <summary>
/// Receiver's side of transport-wide congestion feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01): notes
/// when packets arrive and reports them, in order of their transport-wide numbers, every <c>interval</c>. A packet that
/// arrives after its number was reported as lost is reported again with what follows it. One thread at a time.
/// </summary>
public sealed class TransportFeedbackBuilder
{
    /// <summary>
    /// Numbers that are kept: what waits for a report is at most this many; after a longer gap reporting starts anew.
    /// </summary>
    public const int Window = 4_096;

    /// <summary>Bytes that a destination must have: enough for a chunk and its first deltas.</summary>
    public const int MinLength = 64;

    /// <summary>Often enough for a sender's estimate at little cost: 20 messages a second.</summary>
    public static readonly TimeSpan DefaultInterval = TimeSpan.FromMilliseconds(50);

    private const int NanosecondsPerTick = TransportFeedback.MicrosecondsPerTick * 1_000;
    private const int ChunksStart =
        RtcpPacket.HeaderLength + RtcpPacket.FeedbackHeaderLength + TransportFeedback.FixedLength;

    private const int MaxPadding = 3;
    private const long NotArrived = long.MinValue;

    private readonly TimeSpan _interval;

    // Arrival in ticks of 250 µs, by number modulo Window, for numbers in [_highest − Window + 1, _highest].
    private readonly long[] _arrivals = new long[Window];
    private readonly TransportFeedbackSymbol[] _symbols = new TransportFeedbackSymbol[Window];
    private long _highest;

    // The first number that the next report tells of; above _highest when there is nothing to tell.
    private long _next;
    private bool _hasPackets;
    private byte _feedbackCount;

    public TransportFeedbackBuilder()
        : this(DefaultInterval)
    {
    }

    public TransportFeedbackBuilder(TimeSpan interval) => _interval = interval;

    /// <summary>When the next report is due.</summary>
    public Timestamp NextTimeout { get; private set; } = Timestamp.Never;

    /// <summary>Notes a packet's arrival; one that was noted already keeps its first.</summary>
    public void OnPacket(Timestamp now, ushort sequence)
    {
        var number = _hasPackets ? _highest + (short)(ushort)(sequence - (ushort)_highest) : sequence;
        if (!_hasPackets || number - _highest >= Window)
        {
            Array.Fill(_arrivals, NotArrived);
            _hasPackets = true;
            _highest = number;
            _next = number;
        }
        else if (number <= _highest - Window)
        {
            return;
        }

        while (_highest < number)
        {
            Arrival(++_highest) = NotArrived;
        }

        _next = Math.Max(_next, _highest - Window + 1);
        ref var arrival = ref Arrival(number);
        if (arrival != NotArrived)
        {
            return;
        }

        arrival = now.Nanoseconds / NanosecondsPerTick;
        _next = Math.Min(_next, number);
        if (NextTimeout == Timestamp.Never)
        {
            NextTimeout = now + _interval;
        }
    }

    /// <summary>
    /// Writes one feedback message when one is due; to be called until false, as what does not fit into one goes into
    /// the next. Throws when the destination holds less than <see cref="MinLength"/> bytes.
    /// </summary>
    public bool TryWrite(Timestamp now, Ssrc sender, Ssrc media, Span<byte> destination, out int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, MinLength, nameof(destination));
        length = 0;
        if (now < NextTimeout)
        {
            return false;
        }

        var reference = FindReference();
        var symbols = _symbols.AsSpan(0, FillSymbols(reference));
        var position = WriteChunks(destination, ref symbols);
        position = WriteDeltas(destination, position, symbols, reference);
        length = RtcpWriter.WritePadding(destination, position);
        RtcpWriter.WriteFeedbackHeader(
            destination, RtcpType.TransportLayerFeedback, TransportLayerFeedback.TransportWide, length, sender, media);
        if (length > position)
        {
            RtcpWriter.SetPaddingBit(destination);
        }

        var message = destination[(RtcpPacket.HeaderLength + RtcpPacket.FeedbackHeaderLength)..];
        BinaryPrimitives.WriteUInt16BigEndian(message, (ushort)_next);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], (ushort)symbols.Length);
        BinaryPrimitives.WriteInt32BigEndian(message[4..], (int)(reference << 8) | _feedbackCount++);

        _next += symbols.Length;
        if (_next > _highest)
        {
            NextTimeout = Timestamp.Never;
        }

        return true;
    }

    // Window is a power of two: masking also maps negative numbers.
    private ref long Arrival(long number) => ref _arrivals[(int)(number & (Window - 1))];

    // The reference time, in 64 ms, of the first packet that arrived: its delta is then 0–255 ticks. There is always
    // one: the highest number that has not been reported arrived.
    private long FindReference()
    {
        var number = _next;
        while (Arrival(number) == NotArrived)
        {
            number++;
        }

        // The shift rounds down, also below zero.
        return Arrival(number) >> 8;
    }

    // The status symbols from _next on, up to a packet whose distance in time does not fit into a delta; returns how
    // many.
    private int FillSymbols(long reference)
    {
        var last = reference * TransportFeedback.TicksPerReference;
        var count = 0;
        for (var number = _next; number <= _highest; number++)
        {
            var arrival = Arrival(number);
            var symbol = TransportFeedbackSymbol.NotReceived;
            if (arrival != NotArrived)
            {
                var delta = arrival - last;
                if (delta is < short.MinValue or > short.MaxValue)
                {
                    break;
                }

                symbol = delta is >= 0 and <= byte.MaxValue
                    ? TransportFeedbackSymbol.SmallDelta
                    : TransportFeedbackSymbol.LargeOrNegativeDelta;
                last = arrival;
            }

            _symbols[count++] = symbol;
        }

        return count;
    }

    // Writes chunks for the symbols, or for as many as fit together with their deltas and padding, to which it cuts
    // them.
    private static int WriteChunks(Span<byte> destination, ref Span<TransportFeedbackSymbol> symbols)
    {
        var position = ChunksStart;
        var deltasLength = 0;
        var taken = 0;
        while (taken < symbols.Length)
        {
            var chunk = TransportFeedbackChunk.Make(symbols[taken..], out var count);
            var space = destination.Length - position - TransportFeedbackChunk.Length - deltasLength - MaxPadding;
            var fitting = CountFitting(symbols.Slice(taken, count), space, out var chunkDeltasLength);
            if (fitting < count)
            {
                // Once more with the symbols that fit, which then make the last chunk.
                symbols = symbols[..(taken + fitting)];
                continue;
            }

            BinaryPrimitives.WriteUInt16BigEndian(destination[position..], chunk);
            position += TransportFeedbackChunk.Length;
            deltasLength += chunkDeltasLength;
            taken += count;
        }

        return position;
    }

    private static int CountFitting(ReadOnlySpan<TransportFeedbackSymbol> symbols, int space, out int deltasLength)
    {
        deltasLength = 0;
        if (space < 0)
        {
            return 0;
        }

        for (var i = 0; i < symbols.Length; i++)
        {
            if (deltasLength + (int)symbols[i] > space)
            {
                return i;
            }

            deltasLength += (int)symbols[i];
        }

        return symbols.Length;
    }

    private int WriteDeltas(
        Span<byte> destination, int position, ReadOnlySpan<TransportFeedbackSymbol> symbols, long reference)
    {
        var last = reference * TransportFeedback.TicksPerReference;
        for (var i = 0; i < symbols.Length; i++)
        {
            if (symbols[i] == TransportFeedbackSymbol.NotReceived)
            {
                continue;
            }

            var arrival = Arrival(_next + i);
            var delta = (int)(arrival - last);
            last = arrival;
            if (symbols[i] == TransportFeedbackSymbol.SmallDelta)
            {
                destination[position++] = (byte)delta;
            }
            else
            {
                BinaryPrimitives.WriteInt16BigEndian(destination[position..], (short)delta);
                position += sizeof(short);
            }
        }

        return position;
    }
}
