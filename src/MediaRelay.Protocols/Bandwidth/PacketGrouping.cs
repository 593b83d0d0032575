namespace MediaRelay.Protocols.Bandwidth;

/// <summary>
/// Gathers packets that left, or arrived, as one burst and compares successive bursts (draft-ietf-rmcat-gcc-02 §5.2 and
/// §5.3).
/// <para>
/// Of each group the packet with the least delay stands for it, not the last one as in the draft: frames leave the
/// relay as whole bursts, whose last packet waits for all of its own frame, so that a large frame beside a 20 ms audio
/// packet would look like a queue. The least delay of a frame is that of its first packet; of packets that a radio link
/// held back together it is that of the last, which waited least. Both tell the queue that was there already.
/// </para>
/// </summary>
internal sealed class PacketGrouping
{
    // 5 ms: burst_time of §5.2.
    private const long BurstMicroseconds = 5_000;

    // A burst on arrival lasts at most this long (as in libwebrtc), or a stalled link would make one group of
    // everything.
    private const long MaxBurstMicroseconds = 100_000;

    // A receiver's clock that jumps this much beside ours was changed; nothing can be compared across it (as in
    // libwebrtc).
    private const long MaxClockJumpMicroseconds = 3_000_000;

    private Group _current;
    private Group _previous;
    private bool _hasCurrent;
    private bool _hasPrevious;

    /// <summary>
    /// Adds a packet, times in microseconds on the sender's and on the receiver's clock. True when it begins a group
    /// and two before it are complete, which <paramref name="delta"/> then compares. Packets sent before the current
    /// group (reordered) are ignored.
    /// </summary>
    public bool TryAdd(long sent, long arrival, out GroupDelta delta)
    {
        delta = default;
        if (!_hasCurrent)
        {
            _current = new Group(sent, arrival);
            _hasCurrent = true;
            return false;
        }

        if (Math.Abs(arrival - _current.LastArrival - (sent - _current.LastSent)) > MaxClockJumpMicroseconds)
        {
            Reset();
            return TryAdd(sent, arrival, out delta);
        }

        if (sent < _current.FirstSent)
        {
            return false;
        }

        if (sent - _current.FirstSent <= BurstMicroseconds || IsArrivalBurst(sent, arrival))
        {
            _current.Add(sent, arrival);
            return false;
        }

        var isComparable = _hasPrevious;
        if (isComparable)
        {
            delta = new GroupDelta(
                (_current.Sent - _previous.Sent) / 1_000.0,
                (_current.Arrival - _previous.Arrival) / 1_000.0,
                _current.Arrival);
        }

        _previous = _current;
        _hasPrevious = true;
        _current = new Group(sent, arrival);
        return isComparable;
    }

    public void Reset()
    {
        _hasCurrent = false;
        _hasPrevious = false;
    }

    // §5.2: sent apart, but it arrived right behind the group, so it had caught up with it in a queue.
    private bool IsArrivalBurst(long sent, long arrival)
    {
        var arrivalDelta = arrival - _current.LastArrival;
        return arrivalDelta <= BurstMicroseconds
            && arrivalDelta < sent - _current.LastSent
            && arrival - _current.FirstArrival < MaxBurstMicroseconds;
    }

    private struct Group(long sent, long arrival)
    {
        public long FirstSent = sent;
        public long LastSent = sent;
        public long FirstArrival = arrival;
        public long LastArrival = arrival;

        // Of the packet with the least delay.
        public long Sent = sent;
        public long Arrival = arrival;

        public void Add(long sent, long arrival)
        {
            LastSent = Math.Max(LastSent, sent);
            LastArrival = Math.Max(LastArrival, arrival);
            if (arrival - sent < Arrival - Sent)
            {
                Sent = sent;
                Arrival = arrival;
            }
        }
    }
}
