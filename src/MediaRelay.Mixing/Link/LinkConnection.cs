using System.Net.Sockets;

namespace MediaRelay.Mixing.Link;

/// <summary>
/// One end of the link: frames in and out of a stream socket. Any thread may post; frames arrive on one reading thread.
/// Posting never blocks: what does not fit the bounded queue is dropped and counted.
/// </summary>
/// <remarks>
/// A thread to read and one to write, both blocking: by way of the thread pool a heartbeat waited for whatever else the
/// process had queued there, up to half a second on a busy machine.
/// </remarks>
internal sealed class LinkConnection : IDisposable
{
    /// <summary>
    /// 1 MiB: over a second of two sources at 4 Mbit/s, far longer than a healthy worker is ever behind.
    /// </summary>
    public const int DefaultQueueBytes = 1024 * 1024;

    // Commands and heartbeats still go when media has filled the queue.
    private const int CommandReserve = 128 * 1024;

    // Twice the longest frame, so that one always fits behind the beginning of another.
    private const int ReceiveBytes = 2 * (LinkFrame.HeaderLength + LinkFrame.MaxPayloadLength);
    private const int FirstQueueBytes = 64 * 1024;

    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(50);

    private readonly Socket _socket;
    private readonly int _queueBytes;
    private readonly Lock _writing = new();
    private readonly AutoResetEvent _posted = new(initialState: false);
    private readonly TaskCompletionSource _flushed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _incoming = new byte[ReceiveBytes];
    private byte[] _filling = new byte[FirstQueueBytes];
    private byte[] _leaving = new byte[FirstQueueBytes];
    private int _filled;
    private long _queued;
    private long _dropped;
    private bool _completed;
    private bool _isSenderWaiting;
    private volatile bool _isClosing;

    /// <summary>Takes over <paramref name="socket"/>, a connected stream socket that blocks, and closes it in the end.</summary>
    public LinkConnection(Socket socket, int queueBytes = DefaultQueueBytes)
    {
        _socket = socket;
        _queueBytes = queueBytes;
    }

    /// <summary>Frames that were not sent because the queue was full.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>
    /// Queues a frame of media; false when the queue is full or the link closed. With <paramref name="isMoreComing"/>
    /// it leaves with the next frame that is posted: a picture's packets are of no use before its last one, and each
    /// departure costs a system call and two thread switches.
    /// </summary>
    public bool TryPost(
        LinkFrameType type, byte stream, ReadOnlySpan<byte> head, ReadOnlySpan<byte> payload, bool isMoreComing = false) =>
        TryQueue(type, stream, head, payload, _queueBytes, isMoreComing);

    /// <summary>
    /// Queues a command, for which space is kept; false when even that is used up or the link closed.
    /// </summary>
    public bool TryPostCommand(LinkFrameType type, byte stream = 0, ReadOnlySpan<byte> payload = default) =>
        TryQueue(type, stream, default, payload, _queueBytes + CommandReserve, isMoreComing: false);

    /// <summary>
    /// Begins to send what is posted, on a thread of its own, with the priority of the thread that calls. Call once.
    /// </summary>
    public void StartSending() => new Thread(Send) { IsBackground = true, Name = "mixer link out" }.Start();

    /// <summary>
    /// Hands frames to <paramref name="handler"/> on the calling thread until the other side closes, a frame is bad,
    /// the handler ends it or <see cref="CloseAsync"/> is called. Returns why it ended; null for a plain close. Call once,
    /// after <see cref="StartSending"/>.
    /// </summary>
    public string? Receive(ILinkHandler handler)
    {
        try
        {
            // Only the reading side decides when the link is over: what the other side said before it closed still
            // counts.
            return Read(handler);
        }
        catch (SocketException)
        {
            // The other side ended with something unread, or this one is closing.
            return null;
        }
        finally
        {
            CompleteWriter();
            Shutdown();
            _flushed.Task.Wait();
            _socket.Close();
        }
    }

    /// <summary>
    /// Accepts no more frames, gives those that wait up to <paramref name="limit"/> to leave, then ends <see
    /// cref="Receive"/>.
    /// </summary>
    public async Task CloseAsync(TimeSpan limit)
    {
        CompleteWriter();
        if (limit > TimeSpan.Zero)
        {
            await Task.WhenAny(_flushed.Task, Task.Delay(limit));
        }

        Shutdown();
    }

    public void Dispose()
    {
        _socket.Dispose();
        _posted.Dispose();
    }

    // Wakes both threads from whatever they wait for.
    private void Shutdown()
    {
        _isClosing = true;
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // It is closed already.
        }
    }

    private void CompleteWriter()
    {
        lock (_writing)
        {
            _completed = true;
            WakeSender();
        }
    }

    private bool TryQueue(
        LinkFrameType type, byte stream, ReadOnlySpan<byte> head, ReadOnlySpan<byte> payload, int limit, bool isMoreComing)
    {
        var payloadLength = head.Length + payload.Length;
        if (payloadLength > LinkFrame.MaxPayloadLength)
        {
            throw new ArgumentOutOfRangeException(nameof(payload), payloadLength, "longer than a frame may be");
        }

        var length = LinkFrame.HeaderLength + payloadLength;
        lock (_writing)
        {
            if (_completed || Interlocked.Read(ref _queued) + length > limit)
            {
                Interlocked.Increment(ref _dropped);
                return false;
            }

            if (_filling.Length - _filled < length)
            {
                Array.Resize(ref _filling, Math.Max(2 * _filling.Length, _filled + length));
            }

            var span = _filling.AsSpan(_filled);
            LinkFrame.WriteHeader(span, type, stream, payloadLength);
            head.CopyTo(span[LinkFrame.HeaderLength..]);
            payload.CopyTo(span[(LinkFrame.HeaderLength + head.Length)..]);
            _filled += length;
            Interlocked.Add(ref _queued, length);
            if (!isMoreComing)
            {
                WakeSender();
            }

            return true;
        }
    }

    private void WakeSender()
    {
        if (_isSenderWaiting)
        {
            _isSenderWaiting = false;
            _posted.Set();
        }
    }

    private void Send()
    {
        try
        {
            while (TryTake(out var length, out var isLast))
            {
                for (var sent = 0; sent < length;)
                {
                    sent += _socket.Send(_leaving.AsSpan(sent, length - sent));
                }

                Interlocked.Add(ref _queued, -length);
                if (isLast)
                {
                    return;
                }
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // The other side is gone or the link is being closed; the reading side says why.
        }
        finally
        {
            CompleteWriter();
            _flushed.TrySetResult();
        }
    }

    // What was posted so far changes places with what has left.
    private bool TryTake(out int length, out bool isLast)
    {
        while (true)
        {
            lock (_writing)
            {
                isLast = _completed;
                length = _filled;
                if (length > 0)
                {
                    (_filling, _leaving) = (_leaving, _filling);
                    _filled = 0;
                    return true;
                }

                if (isLast)
                {
                    return false;
                }

                _isSenderWaiting = true;
            }

            _posted.WaitOne();
        }
    }

    private string? Read(ILinkHandler handler)
    {
        var filled = 0;
        while (true)
        {
            var since = MonotonicClock.Now;
            if (_socket.Poll(CheckInterval, SelectMode.SelectRead))
            {
                var received = _socket.Receive(_incoming.AsSpan(filled));
                if (received == 0)
                {
                    return filled == 0 || _isClosing ? null : "the link closed inside a frame";
                }

                filled += received;
                if (HandleAll(handler, ref filled) is { } problem)
                {
                    return problem;
                }
            }

            if (handler.Check(MonotonicClock.Now - since) is { } reason)
            {
                return reason;
            }
        }
    }

    private string? HandleAll(ILinkHandler handler, ref int filled)
    {
        ReadOnlySpan<byte> rest = _incoming.AsSpan(0, filled);
        while (true)
        {
            switch (LinkFrame.TryRead(ref rest, out var type, out var stream, out var payload))
            {
                case LinkFrame.ReadResult.Incomplete:
                    rest.CopyTo(_incoming);
                    filled = rest.Length;
                    return null;
                case LinkFrame.ReadResult.Malformed:
                    return "a frame with an impossible length";
                case LinkFrame.ReadResult.Frame when !handler.Handle(type, stream, payload):
                    return $"an unexpected or malformed {type} frame";
            }
        }
    }
}
