using System.Buffers;
using System.Runtime.InteropServices;
using MediaRelay.Protocols.Drops;

namespace MediaRelay.Protocols.Sctp;

/// <summary>
/// Puts fragments together, messages of a stream into order, and keeps them until they are read. What it holds is counted with an
/// overhead per piece, so that many tiny chunks fill the window as surely as a few large ones.
/// </summary>
internal sealed class ReassemblyQueue(int maxMessageSize, PacketDrops drops)
{
    /// <summary>About what the bookkeeping of a piece takes.</summary>
    public const int OverheadPerPiece = 64;

    private const int RetainedFragments = 32;

    /// <summary>Sorted by TSN.</summary>
    private readonly List<ReceivedFragment> _fragments = [];
    private readonly StreamSequences _nextSequence = new();
    private RingQueue<ReceivedMessage> _messages;
    private byte[]? _borrowed;
    private bool _isDirty;

    /// <summary>Bytes held, unread messages and overhead included.</summary>
    public int HeldBytes { get; private set; }

    public bool HasUnread => _messages.Count > 0;

    /// <summary>Messages completed since the association began.</summary>
    public long Completed { get; private set; }

    /// <summary>Messages read since the association began.</summary>
    public long Read { get; private set; }

    /// <summary>Takes a chunk that was not received before; its stream is below <see cref="SctpOptions.MaxStreams"/>.</summary>
    public void Add(in DataChunk chunk)
    {
        var data = chunk.UserData;
        var fragment = new ReceivedFragment
        {
            Tsn = chunk.Tsn,
            TsnCount = 1,
            PayloadProtocol = chunk.PayloadProtocol,
            Stream = chunk.Stream,
            StreamSequence = chunk.StreamSequence,
            IsBegin = chunk.IsBegin,
            IsEnd = chunk.IsEnd,
            IsUnordered = chunk.IsUnordered,
            IsDiscarded = data.Length > maxMessageSize,
        };
        HeldBytes += OverheadPerPiece;
        if (!fragment.IsDiscarded)
        {
            fragment.Data = ArrayPool<byte>.Shared.Rent(data.Length);
            fragment.Length = data.Length;
            data.CopyTo(fragment.Data);
            HeldBytes += data.Length;
        }

        if (fragment.IsBegin && fragment.IsEnd && TryTakeTurn(fragment))
        {
            // The usual case: a whole message whose turn it is never enters the list.
            Complete(MemoryMarshal.CreateSpan(ref fragment, 1), fragment.Length, fragment.IsDiscarded);
        }
        else
        {
            Insert(fragment);
        }

        _isDirty = _fragments.Count > 0;
    }

    /// <summary>
    /// Delivers what has become complete and whose turn it is, and drops what can never be. Called once per packet, after the
    /// cumulative TSN was advanced. <paramref name="forwarded"/> is the New Cumulative TSN of a FORWARD-TSN: what is incomplete up
    /// to there stays so, while what lies behind it, even if the cumulative TSN has passed it since, may still be completed.
    /// </summary>
    public void Deliver(Tsn cumulative, Tsn? forwarded = null)
    {
        if (!_isDirty && forwarded is null)
        {
            return;
        }

        _isDirty = false;
        var fragments = CollectionsMarshal.AsSpan(_fragments);
        var kept = 0;
        for (var first = 0; first < fragments.Length;)
        {
            var message = fragments.Slice(first, CountRun(fragments, first, out var length, out var isTooLarge));
            first += message.Length;
            if (message[0].IsBegin && message[^1].IsEnd)
            {
                if (TryTakeTurn(message[0]) || (forwarded is not null && IsStale(message[0])))
                {
                    Complete(message, length, isTooLarge);
                    continue;
                }
            }
            else if (IsHopeless(message, cumulative, forwarded))
            {
                Discard(message);
                continue;
            }

            if (IsStale(message[0]))
            {
                Discard(message);
                continue;
            }

            if (isTooLarge)
            {
                message = Join(message);
            }

            message.CopyTo(fragments[kept..]);
            kept += message.Length;
        }

        _fragments.RemoveRange(kept, _fragments.Count - kept);
        if (_fragments.Count == 0 && _fragments.Capacity > RetainedFragments)
        {
            _fragments.Capacity = 0;
        }
    }

    /// <summary>The peer will not send ordered messages of the stream up to this one any more (RFC 3758 §3.6).</summary>
    public void Skip(SkippedStream skipped)
    {
        if (skipped.Stream < SctpOptions.MaxStreams)
        {
            ref var next = ref _nextSequence[skipped.Stream];
            var after = (ushort)(skipped.StreamSequence + 1);
            if ((short)(after - next) > 0)
            {
                next = after;
            }
        }
    }

    /// <summary>The stream, or every one, starts again at sequence number 0 (RFC 6525 §5.2.2).</summary>
    public void ResetStream(ushort stream)
    {
        if (stream == SctpEvent.AllStreams)
        {
            _nextSequence.ResetAll();
        }
        else
        {
            _nextSequence.Reset(stream);
        }
    }

    public bool TryRead(out SctpMessage message)
    {
        ReturnBorrowed();
        if (_messages.Count == 0)
        {
            message = default;
            return false;
        }

        var received = _messages.Dequeue();
        HeldBytes -= received.Length + OverheadPerPiece;
        Read++;
        _borrowed = received.Data;
        message = new SctpMessage(received.Stream, received.PayloadProtocol, received.Data.AsMemory(0, received.Length));
        return true;
    }

    /// <summary>Gives back everything but unread messages, which can still be read; the peer has begun anew or is gone.</summary>
    public void Reset()
    {
        Discard(CollectionsMarshal.AsSpan(_fragments));
        _fragments.Clear();
        _nextSequence.ResetAll();
        _isDirty = false;
    }

    /// <summary>Gives back everything.</summary>
    public void Release()
    {
        Reset();
        ReturnBorrowed();
        while (_messages.Count > 0)
        {
            var message = _messages.Dequeue();
            HeldBytes -= message.Length + OverheadPerPiece;
            ArrayPool<byte>.Shared.Return(message.Data);
        }
    }

    /// <summary>The fragments from <paramref name="first"/> on that lie side by side and belong to one message.</summary>
    private int CountRun(Span<ReceivedFragment> fragments, int first, out int length, out bool isTooLarge)
    {
        var last = first;
        length = fragments[first].Length;
        isTooLarge = fragments[first].IsDiscarded;
        while (last + 1 < fragments.Length && fragments[last].IsContinuedBy(fragments[last + 1]))
        {
            last++;
            length += fragments[last].Length;
            isTooLarge |= fragments[last].IsDiscarded;
        }

        isTooLarge |= length > maxMessageSize;
        return last - first + 1;
    }

    /// <summary>An incomplete message one of whose neighbours is gone for good.</summary>
    private static bool IsHopeless(Span<ReceivedFragment> message, Tsn cumulative, Tsn? forwarded) =>
        (!message[0].IsBegin && message[0].Tsn - 1 <= cumulative)
        || (!message[^1].IsEnd && message[^1].Next <= cumulative)
        || (forwarded is { } end && message[0].Tsn <= end);

    private bool IsStale(in ReceivedFragment message) =>
        !message.IsUnordered && (short)(message.StreamSequence - _nextSequence[message.Stream]) < 0;

    /// <summary>True when a complete message may be delivered now; an ordered one then makes room for its successor.</summary>
    private bool TryTakeTurn(in ReceivedFragment message)
    {
        if (message.IsUnordered)
        {
            return true;
        }

        ref var next = ref _nextSequence[message.Stream];
        if (message.StreamSequence != next)
        {
            return false;
        }

        next++;
        return true;
    }

    private void Complete(Span<ReceivedFragment> message, int length, bool isTooLarge)
    {
        if (isTooLarge)
        {
            drops.Count(DropReason.MessageTooLarge);
            Discard(message);
            return;
        }

        ref var first = ref message[0];
        var data = first.Data!;
        if (message.Length > 1)
        {
            data = ArrayPool<byte>.Shared.Rent(length);
            var position = 0;
            foreach (ref var fragment in message)
            {
                fragment.Data.AsSpan(0, fragment.Length).CopyTo(data.AsSpan(position));
                position += fragment.Length;
            }

            Discard(message);
            HeldBytes += length + OverheadPerPiece;
        }

        // A single fragment's memory and count simply pass to the message.
        _messages.Enqueue(new ReceivedMessage(first.Stream, first.PayloadProtocol, data, length));
        Completed++;
    }

    /// <summary>Replaces the run of a message that is too large by one entry without bytes.</summary>
    private Span<ReceivedFragment> Join(Span<ReceivedFragment> message)
    {
        var joined = message[0];
        joined.IsEnd = message[^1].IsEnd;
        joined.TsnCount = message[^1].Next - message[0].Tsn;
        joined.Data = null;
        joined.Length = 0;
        joined.IsDiscarded = true;
        Discard(message);
        HeldBytes += OverheadPerPiece;
        message[0] = joined;
        return message[..1];
    }

    private void Discard(Span<ReceivedFragment> message)
    {
        foreach (ref var fragment in message)
        {
            HeldBytes -= fragment.Length + OverheadPerPiece;
            if (fragment.Data is { } data)
            {
                ArrayPool<byte>.Shared.Return(data);
                fragment.Data = null;
            }
        }
    }

    private void Insert(in ReceivedFragment fragment)
    {
        var index = _fragments.Count;
        while (index > 0 && _fragments[index - 1].Tsn > fragment.Tsn)
        {
            index--;
        }

        _fragments.Insert(index, fragment);
    }

    private void ReturnBorrowed()
    {
        if (_borrowed is { } borrowed)
        {
            _borrowed = null;
            ArrayPool<byte>.Shared.Return(borrowed);
        }
    }
}
