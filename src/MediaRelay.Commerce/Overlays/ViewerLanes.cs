using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Pipelines;

namespace MediaRelay.Commerce.Overlays;

/// <summary>
/// One viewer's way for overlays: queues of references to the shared messages, and behind them a pipe that holds at
/// most one send window, so that what is shed is shed before it was copied. Messages leave in order of number. While
/// everything fits, nothing is shed; when the viewer is slow, never-shed messages go first, and tallies and comments
/// that they overtake are dropped and counted. Owned by one thread.
/// </summary>
/// <remarks>
/// A viewer begins (and, after a backlog beyond its bound, begins again) with a snapshot: until one comes, messages for
/// the room are skipped, since the snapshot will contain them.
/// </remarks>
public sealed class ViewerLanes : IDisposable
{
    /// <summary>Never-shed messages that may wait: MediaRelay:Limits:OverlayBytesPerViewer.</summary>
    public const int DefaultBudgetBytes = 256 * 1024;

    /// <summary>
    /// What the pipe holds at most, but for a single message that is larger: about what SCTP sends in one round trip.
    /// </summary>
    public const int SendWindowBytes = 16 * 1024;

    /// <summary>Comments that may wait; who has more is too slow to read them.</summary>
    public const int MaxComments = 64;

    private const int PrefixLength = 4;

    // No thresholds: the window is counted here, so a flush never waits. Inline and without context: everything is on
    // the owner's thread.
    private static readonly PipeOptions PipeOptions = new(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0,
        resumeWriterThreshold: 0,
        minimumSegmentSize: 4096, useSynchronizationContext: false);

    private readonly int _budgetBytes;
    private readonly Queue<OverlayMessage> _replay = new();
    private readonly Queue<OverlayMessage> _neverShed = new();
    private readonly Queue<OverlayMessage> _comments = new();

    // Of the messages in the pipe, and of those that were sent: what counts their arrival; null for who has no such count.
    private readonly Queue<OverlayDelivery?> _piped = new();
    private readonly Queue<(long Position, OverlayDelivery Delivery)> _sent = new();
    private OverlayMessage? _tally;
    private OverlayMessage? _pong;
    private OverlayLaneCounts _counts;
    private Pipe? _pipe;
    private int _pipeBytes;
    private long _queuedBytes;
    private long _neverShedBytes;

    // Never-shed messages up to and including the last snapshot: nothing of the other queues belongs before it.
    private int _untilSnapshot;

    // What was read of the pipe and not given out yet, and of it the message that was.
    private ReadOnlySequence<byte> _unread;
    private ReadOnlySequence<byte> _current;
    private bool _hasCurrent;

    public ViewerLanes(int budgetBytes = DefaultBudgetBytes) => _budgetBytes = budgetBytes;

    /// <summary>The backlog was dropped, or nothing was sent yet: the owner enqueues a snapshot.</summary>
    public bool NeedsSnapshot { get; private set; } = true;

    /// <summary>The number of the last snapshot enqueued; messages for the room up to it are skipped.</summary>
    public long SnapshotSeq { get; private set; }

    /// <summary>
    /// The highest number of the room's own messages that were enqueued, or that a snapshot or replay contained.
    /// </summary>
    public long LastSeq { get; private set; }

    public OverlayLaneCounts Counts => _counts;

    /// <summary>Bytes of never-shed messages that wait; at the budget the viewer is resynchronised.</summary>
    public long BacklogBytes => _neverShedBytes;

    /// <summary>Nothing waits, neither in the queues nor in the pipe.</summary>
    public bool IsEmpty => _queuedBytes == 0 && _pipeBytes == 0;

    /// <summary>Adds a message; may shed lower ones, or drop the backlog and set <see cref="NeedsSnapshot"/>.</summary>
    public void Enqueue(OverlayMessage message)
    {
        if (message.Type == OverlayTypes.Snapshot)
        {
            // After a hand-off the numbers are another room's; what would be put in order behind the snapshot belongs
            // before it.
            ShedBefore(long.MaxValue);
            NeedsSnapshot = false;
            SnapshotSeq = message.Seq;
            LastSeq = message.Seq;
        }
        else if (NeedsSnapshot || (!message.IsAddressed && message.Seq <= SnapshotSeq))
        {
            return;
        }
        else if (!message.IsAddressed)
        {
            LastSeq = message.Seq;
        }

        switch (message.Class)
        {
            case OverlayClass.Tally:
                ReplaceTally(ref message.Type == OverlayTypes.Pong ? ref _pong : ref _tally, message);
                return;
            case OverlayClass.Comment:
                _comments.Enqueue(message);
                _queuedBytes += SizeOf(message);
                if (_comments.Count > MaxComments)
                {
                    ShedComment();
                }

                return;
            default:
                EnqueueNeverShed(message);
                return;
        }
    }

    /// <summary>Adds a snapshot with what belongs to it.</summary>
    public void Enqueue(IReadOnlyList<OverlayMessage> snapshot)
    {
        foreach (var message in snapshot)
        {
            Enqueue(message);
        }
    }

    /// <summary>
    /// The viewer goes on in another room, whose numbers are its own: what waits of the old room's never-shed messages
    /// leaves first, <c>handOff</c> last, and nothing more until the new room's snapshot is enqueued.
    /// </summary>
    /// <param name="last">
    /// What <see cref="RoomOverlays.HandOff"/> gave for <see cref="LastSeq"/>. A viewer who has had no snapshot yet gets
    /// none of it: the new room's will be its first message.
    /// </param>
    public void HandOff(IReadOnlyList<OverlayMessage> last)
    {
        ShedBefore(long.MaxValue);
        MoveReplay();
        foreach (var message in last)
        {
            Enqueue(message);
        }

        NeedsSnapshot = true;
        SnapshotSeq = 0;
        LastSeq = 0;
    }

    /// <summary>
    /// Adds messages that the viewer missed; they leave before everything else but a snapshot. They are bounded by the
    /// room's ring and not by the budget, because the room keeps them anyway. False while an earlier replay is not
    /// through.
    /// </summary>
    /// <param name="upTo">
    /// For a viewer that goes on without a snapshot: the number up to which the replay is complete. Null for a viewer
    /// that has one.
    /// </param>
    public bool TryReplay(IReadOnlyList<OverlayMessage> messages, long? upTo = null)
    {
        if (_replay.Count > 0)
        {
            return false;
        }

        foreach (var message in messages)
        {
            _replay.Enqueue(message);
            _queuedBytes += SizeOf(message);
        }

        if (upTo is { } last)
        {
            NeedsSnapshot = false;
            SnapshotSeq = last;
            LastSeq = last;
        }

        return true;
    }

    /// <summary>Moves messages into the pipe while there is room.</summary>
    public void Pump()
    {
        var isWritten = false;
        while (TryChoose(out var message))
        {
            Write(message);
            isWritten = true;
        }

        if (isWritten)
        {
            var flush = _pipe!.Writer.FlushAsync();
            Debug.Assert(flush.IsCompletedSuccessfully, "A pipe without thresholds flushes at once.");
            _ = flush.GetAwaiter().GetResult();
        }
    }

    /// <summary>
    /// The oldest message in the pipe; the same one again until <see cref="Advance"/>. The bytes are good until then.
    /// </summary>
    public bool TryRead(out ReadOnlySequence<byte> message)
    {
        if (!_hasCurrent && _pipeBytes > 0)
        {
            if (_unread.IsEmpty && _pipe!.Reader.TryRead(out var result))
            {
                _unread = result.Buffer;
            }

            Span<byte> prefix = stackalloc byte[PrefixLength];
            _unread.Slice(0, PrefixLength).CopyTo(prefix);
            _current = _unread.Slice(PrefixLength, BinaryPrimitives.ReadInt32BigEndian(prefix));
            _hasCurrent = true;
        }

        message = _current;
        return _hasCurrent;
    }

    /// <summary>The message that <see cref="TryRead"/> gave is sent.</summary>
    /// <param name="position">
    /// Where the message ends in what the transport acknowledges; null when it acknowledges nothing, and only the viewer can tell.
    /// </param>
    public void Advance(long? position = null)
    {
        if (!_hasCurrent)
        {
            throw new InvalidOperationException("No message was read.");
        }

        if (_piped.Dequeue() is { } delivery)
        {
            delivery.CountSent();
            if (position is { } end)
            {
                _sent.Enqueue((end, delivery));
            }
        }

        _pipeBytes -= PrefixLength + (int)_current.Length;
        _unread = _unread.Slice(_current.End);
        if (_unread.IsEmpty)
        {
            _pipe!.Reader.AdvanceTo(_current.End);
            _unread = default;
        }

        _current = default;
        _hasCurrent = false;
    }

    /// <summary>The transport says that everything up to a position has arrived.</summary>
    public void Acknowledge(long nowMicros, long position)
    {
        while (_sent.TryPeek(out var oldest) && oldest.Position <= position)
        {
            _sent.Dequeue().Delivery.CountReceived(nowMicros);
        }
    }

    /// <summary>Gives the pipe's memory back; nothing may be called afterwards.</summary>
    public void Dispose()
    {
        _pipe?.Writer.Complete();
        _pipe?.Reader.Complete();
        _pipe = null;
        _pipeBytes = 0;
        _unread = default;
        _hasCurrent = false;
    }

    private static int SizeOf(OverlayMessage message) => PrefixLength + message.Bytes.Length;

    private bool TryChoose(out OverlayMessage message)
    {
        message = null!;
        if (_queuedBytes == 0)
        {
            return false;
        }

        var room = SendWindowBytes - _pipeBytes;
        if (_untilSnapshot > 0)
        {
            message = _neverShed.Peek();
            if (!Fits(message, room))
            {
                return false;
            }

            Remove(message);
            return true;
        }

        if (_replay.TryPeek(out var replayed))
        {
            return Take(_replay, replayed, room, out message);
        }

        var hasNeverShed = _neverShed.TryPeek(out var first);
        if (hasNeverShed && _queuedBytes > room)
        {
            if (!Fits(first!, room))
            {
                return false;
            }

            ShedBefore(first!.Seq);
        }

        // Everything left may go in order of number.
        var next = hasNeverShed ? first! : null;
        if (_comments.TryPeek(out var comment) && (next is null || comment.Seq < next.Seq))
        {
            next = comment;
        }

        next = Older(_pong, Older(_tally, next));
        if (next is null || !Fits(next, room))
        {
            return false;
        }

        Remove(next);
        message = next;
        return true;
    }

    private bool Take(Queue<OverlayMessage> queue, OverlayMessage head, int room, out OverlayMessage message)
    {
        message = head;
        if (!Fits(head, room))
        {
            return false;
        }

        queue.Dequeue();
        _queuedBytes -= SizeOf(head);
        return true;
    }

    private void Remove(OverlayMessage message)
    {
        _queuedBytes -= SizeOf(message);
        if (ReferenceEquals(message, _tally))
        {
            _tally = null;
        }
        else if (ReferenceEquals(message, _pong))
        {
            _pong = null;
        }
        else if (message.Class == OverlayClass.Comment)
        {
            _comments.Dequeue();
        }
        else
        {
            _neverShed.Dequeue();
            _neverShedBytes -= SizeOf(message);
            _untilSnapshot = Math.Max(0, _untilSnapshot - 1);
        }
    }

    // An empty pipe takes a message of any size, or it would wait for ever.
    private bool Fits(OverlayMessage message, int room) => _pipeBytes == 0 || SizeOf(message) <= room;

    private static OverlayMessage? Older(OverlayMessage? candidate, OverlayMessage? best) =>
        candidate is not null && (best is null || candidate.Seq < best.Seq) ? candidate : best;

    private void ShedBefore(long seq)
    {
        while (_comments.TryPeek(out var comment) && comment.Seq < seq)
        {
            ShedComment();
        }

        ShedTallyBefore(ref _tally, seq);
        ShedTallyBefore(ref _pong, seq);
    }

    private void ShedComment()
    {
        _queuedBytes -= SizeOf(_comments.Dequeue());
        _counts.ShedComments++;
    }

    private void ShedTallyBefore(ref OverlayMessage? slot, long seq)
    {
        if (slot is { } message && message.Seq < seq)
        {
            _queuedBytes -= SizeOf(message);
            _counts.ShedTallies++;
            slot = null;
        }
    }

    private void ReplaceTally(ref OverlayMessage? slot, OverlayMessage message)
    {
        ShedTallyBefore(ref slot, long.MaxValue);
        slot = message;
        _queuedBytes += SizeOf(message);
    }

    private void EnqueueNeverShed(OverlayMessage message)
    {
        _neverShed.Enqueue(message);
        _queuedBytes += SizeOf(message);
        _neverShedBytes += SizeOf(message);
        if (message.Type == OverlayTypes.Snapshot)
        {
            _untilSnapshot = _neverShed.Count;
        }

        if (_neverShedBytes > _budgetBytes)
        {
            DropBacklog();
        }
    }

    // What is replayed belongs behind the snapshot and before everything newer.
    private void MoveReplay()
    {
        var newer = _neverShed.Count - _untilSnapshot;
        Rotate(_untilSnapshot);
        while (_replay.TryDequeue(out var replayed))
        {
            _neverShed.Enqueue(replayed);
            _neverShedBytes += SizeOf(replayed);
        }

        Rotate(newer);
    }

    private void Rotate(int count)
    {
        for (; count > 0; count--)
        {
            _neverShed.Enqueue(_neverShed.Dequeue());
        }
    }

    private void DropBacklog()
    {
        _counts.Resyncs++;
        _counts.DroppedByResync += _neverShed.Count + _replay.Count;
        _counts.ShedComments += _comments.Count;
        _counts.ShedTallies += (_tally is null ? 0 : 1) + (_pong is null ? 0 : 1);
        _replay.Clear();
        _neverShed.Clear();
        _comments.Clear();
        _tally = null;
        _pong = null;
        _queuedBytes = 0;
        _neverShedBytes = 0;
        _untilSnapshot = 0;
        NeedsSnapshot = true;
    }

    private void Write(OverlayMessage message)
    {
        _pipe ??= new Pipe(PipeOptions);
        var writer = _pipe.Writer;
        BinaryPrimitives.WriteInt32BigEndian(writer.GetSpan(PrefixLength), message.Bytes.Length);
        writer.Advance(PrefixLength);
        writer.Write(message.Bytes.Span);
        _pipeBytes += SizeOf(message);
        _counts.CountDelivered(message.Class);
        _piped.Enqueue(message.Delivery);
    }
}
