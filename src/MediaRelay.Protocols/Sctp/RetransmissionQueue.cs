using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Sctp;

/// <summary>
/// Chunks that were sent and are not cumulatively acknowledged, in the order of their TSNs: finds out which are lost, and gives up
/// messages of limited reliability (RFC 3758).
/// </summary>
internal sealed class RetransmissionQueue
{
    /// <summary>RFC 9260 §7.2.4: missing in so many reports counts as lost.</summary>
    private const int MissesToLoss = 3;

    /// <summary>Streams that one FORWARD-TSN names; the rest follows in another.</summary>
    private const int MaxSkippedStreams = 32;

    private RingQueue<OutgoingChunk> _chunks;
    private int _toRetransmit;

    public Tsn CumulativeAck { get; private set; }

    public int Count => _chunks.Count;

    /// <summary>Bytes sent that are neither acknowledged nor thought lost.</summary>
    public int FlightBytes { get; private set; }

    /// <summary>The TSN that the next new chunk gets.</summary>
    public Tsn NextTsn => CumulativeAck + 1 + _chunks.Count;

    public bool HasRetransmissions => _toRetransmit > 0;

    public bool IsForwardTsnDue { get; private set; }

    /// <summary>Whether the peer understands FORWARD-TSN; otherwise every message is reliable.</summary>
    public bool IsPartialReliabilityOn { get; private set; }

    /// <summary>A message was given up whose last fragment was never sent; its rest must not follow.</summary>
    public bool IsOpenMessageAbandoned { get; private set; }

    /// <summary>Where the bytes of the first chunk begin; only when there is one.</summary>
    public long FirstPosition => _chunks[0].Position;

    public void Start(Tsn first, bool isPartialReliabilityOn)
    {
        _chunks.Clear();
        _toRetransmit = 0;
        CumulativeAck = first - 1;
        FlightBytes = 0;
        IsForwardTsnDue = false;
        IsPartialReliabilityOn = isPartialReliabilityOn;
        IsOpenMessageAbandoned = false;
    }

    /// <summary>A chunk goes out for the first time, with <see cref="NextTsn"/>.</summary>
    public void AddSent(Timestamp now, in OutgoingChunk chunk)
    {
        _chunks.Enqueue(chunk);
        ref var added = ref _chunks[_chunks.Count - 1];
        added.State = OutgoingChunkState.InFlight;
        added.SentAt = now;
        added.Transmissions = 1;
        FlightBytes += added.Length;
    }

    /// <summary>
    /// Uses up a TSN for a fragment that is never sent: it ends an abandoned message, so that a receiver which has all the
    /// fragments before it cannot mistake what follows for their continuation.
    /// </summary>
    public void AddAbandonedEnd(in OutgoingChunk chunk)
    {
        _chunks.Enqueue(chunk);
        ref var added = ref _chunks[_chunks.Count - 1];
        added.State = OutgoingChunkState.Abandoned;
        added.Flags |= DataChunk.EndFlag;
        IsOpenMessageAbandoned = false;
        IsForwardTsnDue = true;
    }

    /// <summary>Takes a SACK whose Cumulative TSN Ack lies between <see cref="CumulativeAck"/> and <see cref="NextTsn"/> − 1.</summary>
    public AckResult Acknowledge(Timestamp now, in SackChunk sack, bool isInFastRecovery)
    {
        var newestSentAt = new Timestamp(long.MinValue);
        var result = AcknowledgeCumulatively(now, sack.CumulativeTsnAck, ref newestSentAt);

        var highestNew = -1;
        var previousEnd = -1;
        for (var block = 0; block < sack.GapBlockCount; block++)
        {
            // Offset 1 is the TSN after the cumulative one, which is our index 0. Blocks out of order are not worth a thought, and
            // would let a peer make us walk the queue again and again.
            var (start, end) = sack.GapBlock(block);
            if (start - 1 <= previousEnd || end < start || end > _chunks.Count)
            {
                break;
            }

            for (var index = start - 1; index < end; index++)
            {
                ref var chunk = ref _chunks[index];
                if (chunk.State is OutgoingChunkState.InFlight or OutgoingChunkState.ToRetransmit)
                {
                    Measure(now, chunk, ref result, ref newestSentAt);
                    SetState(ref chunk, OutgoingChunkState.Acknowledged);
                    highestNew = index;
                }
            }

            previousEnd = end - 1;
        }

        // RFC 9260 §7.2.4: in fast recovery, when the cumulative TSN moved, everything reported missing counts; otherwise only what
        // lies below the highest TSN that is newly acknowledged (HTNA).
        var limit = isInFastRecovery && result.IsCumulative ? previousEnd : highestNew;
        result.HasLosses = CountMisses(now, limit, newestSentAt);
        IsForwardTsnDue |= _chunks.Count > 0 && _chunks[0].State == OutgoingChunkState.Abandoned;
        return result;
    }

    /// <summary>Takes a Cumulative TSN Ack within the same bounds.</summary>
    public AckResult AcknowledgeCumulatively(Timestamp now, Tsn cumulative)
    {
        var newestSentAt = new Timestamp(long.MinValue);
        return AcknowledgeCumulatively(now, cumulative, ref newestSentAt);
    }

    /// <summary>Everything in flight counts as lost: T3-rtx expired, or a probe of a closed window is answered.</summary>
    /// <param name="now">The current time.</param>
    /// <param name="forgetGapAcks">Also what gap blocks acknowledged, for a peer that may have dropped it again.</param>
    public void MarkAllLost(Timestamp now, bool forgetGapAcks)
    {
        for (var index = 0; index < _chunks.Count; index++)
        {
            var state = _chunks[index].State;
            if (state == OutgoingChunkState.InFlight || (forgetGapAcks && state == OutgoingChunkState.Acknowledged))
            {
                MarkLost(now, index);
            }
        }

        IsForwardTsnDue |= _chunks.Count > 0 && _chunks[0].State == OutgoingChunkState.Abandoned;
    }

    /// <summary>The lowest TSN that is to be sent again. The caller writes it and calls <see cref="MarkResent"/>.</summary>
    public bool TryPeekRetransmission(Timestamp now, out int index)
    {
        for (index = 0; _toRetransmit > 0 && index < _chunks.Count; index++)
        {
            ref var chunk = ref _chunks[index];
            if (chunk.State != OutgoingChunkState.ToRetransmit)
            {
                continue;
            }

            if (IsPartialReliabilityOn && chunk.Expiry <= now)
            {
                Abandon(index);
                continue;
            }

            return true;
        }

        return false;
    }

    public ref readonly OutgoingChunk Chunk(int index) => ref _chunks[index];

    public void MarkResent(Timestamp now, int index)
    {
        ref var chunk = ref _chunks[index];
        SetState(ref chunk, OutgoingChunkState.InFlight);
        chunk.SentAt = now;
        chunk.Misses = 0;
        chunk.Transmissions = (ushort)Math.Min(chunk.Transmissions + 1, ushort.MaxValue - 1);
    }

    /// <summary>Gives up the message that was begun last and whose rest is not sent.</summary>
    public void AbandonOpenMessage()
    {
        if (_chunks.Count > 0)
        {
            Abandon(_chunks.Count - 1);
        }

        IsOpenMessageAbandoned = true;
    }

    public bool HasStream(ushort stream)
    {
        for (var index = 0; index < _chunks.Count; index++)
        {
            if (_chunks[index].Stream == stream)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Tells the peer up to where everything is given up (RFC 3758 §3.5, C). False when it does not fit.</summary>
    public bool TryWriteForwardTsn(ref SctpPacketWriter writer)
    {
        Span<SkippedStream> skipped = stackalloc SkippedStream[MaxSkippedStreams];
        var streams = 0;
        var index = 0;
        for (; index < _chunks.Count && _chunks[index].State == OutgoingChunkState.Abandoned; index++)
        {
            if (!_chunks[index].IsUnordered && !TryNote(_chunks[index], skipped, ref streams))
            {
                break;
            }
        }

        if (index > 0 && !ForwardTsnChunk.TryWrite(ref writer, CumulativeAck + index, skipped[..streams]))
        {
            return false;
        }

        IsForwardTsnDue = false;
        return index > 0;
    }

    private static bool TryNote(in OutgoingChunk chunk, Span<SkippedStream> skipped, ref int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (skipped[i].Stream == chunk.Stream)
            {
                skipped[i] = new SkippedStream(chunk.Stream, chunk.StreamSequence);
                return true;
            }
        }

        if (count == skipped.Length)
        {
            return false;
        }

        skipped[count++] = new SkippedStream(chunk.Stream, chunk.StreamSequence);
        return true;
    }

    private AckResult AcknowledgeCumulatively(Timestamp now, Tsn cumulative, ref Timestamp newestSentAt)
    {
        var result = new AckResult { IsCumulative = cumulative > CumulativeAck };
        for (var count = cumulative - CumulativeAck; count > 0; count--)
        {
            ref var chunk = ref _chunks[0];
            if (chunk.State is OutgoingChunkState.InFlight or OutgoingChunkState.ToRetransmit)
            {
                Measure(now, chunk, ref result, ref newestSentAt);
                SetState(ref chunk, OutgoingChunkState.Acknowledged);
            }

            _chunks.Dequeue();
        }

        CumulativeAck = cumulative;
        return result;
    }

    private static void Measure(Timestamp now, in OutgoingChunk chunk, ref AckResult result, ref Timestamp newestSentAt)
    {
        result.Bytes += chunk.Length;
        if (chunk.Transmissions == 1)
        {
            // Karn: only what was sent once tells which sending is answered.
            newestSentAt = Timestamp.Max(newestSentAt, chunk.SentAt);
            result.RoundTrip = now - newestSentAt;
        }
    }

    private bool CountMisses(Timestamp now, int limit, Timestamp newestSentAt)
    {
        var hasLosses = false;
        for (var index = 0; index < limit; index++)
        {
            ref var chunk = ref _chunks[index];
            if (chunk.State != OutgoingChunkState.InFlight)
            {
                continue;
            }

            // RFC 9260 §7.2.4 rules out a second fast retransmission, since reports cannot tell which sending they miss. The time
            // can: what was sent again before something that has arrived since is missing once more.
            if (chunk.Transmissions > 1 && chunk.SentAt >= newestSentAt)
            {
                continue;
            }

            chunk.Misses++;
            if (chunk.Misses >= MissesToLoss)
            {
                MarkLost(now, index);
                hasLosses = true;
            }
        }

        return hasLosses;
    }

    private void MarkLost(Timestamp now, int index)
    {
        ref var chunk = ref _chunks[index];
        var isGivenUp = IsPartialReliabilityOn
            && ((chunk.MaxRetransmits != OutgoingChunk.Reliable && chunk.Transmissions > chunk.MaxRetransmits) || chunk.Expiry <= now);
        if (isGivenUp)
        {
            Abandon(index);
        }
        else
        {
            SetState(ref chunk, OutgoingChunkState.ToRetransmit);
        }
    }

    /// <summary>Gives up the whole message that the chunk belongs to (RFC 3758 §3.5, A3).</summary>
    private void Abandon(int index)
    {
        var first = index;
        while (first > 0 && !_chunks[first].IsBegin)
        {
            first--;
        }

        for (; first < _chunks.Count; first++)
        {
            ref var chunk = ref _chunks[first];
            SetState(ref chunk, OutgoingChunkState.Abandoned);
            if (chunk.IsEnd)
            {
                IsForwardTsnDue |= _chunks[0].State == OutgoingChunkState.Abandoned;
                return;
            }
        }

        IsOpenMessageAbandoned = true;
    }

    private void SetState(ref OutgoingChunk chunk, OutgoingChunkState state)
    {
        FlightBytes -= chunk.State == OutgoingChunkState.InFlight ? chunk.Length : 0;
        _toRetransmit -= chunk.State == OutgoingChunkState.ToRetransmit ? 1 : 0;
        FlightBytes += state == OutgoingChunkState.InFlight ? chunk.Length : 0;
        _toRetransmit += state == OutgoingChunkState.ToRetransmit ? 1 : 0;
        chunk.State = state;
    }
}
