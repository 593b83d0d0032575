using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;

namespace MediaRelay.Mixing.Link;

/// <summary>
/// One end of the link: frames in and out of a stream socket through a pipe each way. Any thread may post; frames
/// arrive on one reading task. Posting never blocks: what does not fit the bounded queue is dropped and counted.
/// </summary>
internal sealed class LinkConnection : IDisposable
{
    /// <summary>
    /// 1 MiB: over a second of two sources at 4 Mbit/s, far longer than a healthy worker is ever behind.
    /// </summary>
    public const int DefaultQueueBytes = 1024 * 1024;

    // Commands and heartbeats still go when media has filled the queue.
    private const int CommandReserve = 128 * 1024;
    private const int ReceiveBlock = 32 * 1024;

    private readonly Socket _socket;
    private readonly int _queueBytes;
    private readonly Lock _writing = new();
    private readonly Pipe _outgoing = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
    private readonly Pipe _incoming = new(new PipeOptions(
        pauseWriterThreshold: 256 * 1024, resumeWriterThreshold: 128 * 1024, minimumSegmentSize: ReceiveBlock, useSynchronizationContext: false));

    private readonly byte[] _scratch = new byte[LinkFrame.MaxPayloadLength];
    private readonly CancellationTokenSource _ended = new();
    private Task _sending = Task.CompletedTask;
    private long _queued;
    private long _dropped;
    private bool _completed;

    /// <summary>Takes over <paramref name="socket"/>, a connected stream socket, and closes it in the end.</summary>
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
    /// Moves frames until the other side closes, a frame is bad or <see cref="CloseAsync"/> is called. Returns why it
    /// ended; null for a plain close. Call once.
    /// </summary>
    public async Task<string?> RunAsync(ILinkHandler handler)
    {
        _sending = SendAsync(_ended.Token);
        var receiving = ReceiveAsync(_ended.Token);
        try
        {
            // Only the reading side decides when the link is over: what the other side said before it closed still
            // counts.
            return await HandleAsync(handler);
        }
        finally
        {
            CompleteWriter();
            await _ended.CancelAsync();
            await Task.WhenAll(_sending, receiving);
            _socket.Close();
        }
    }

    /// <summary>
    /// Accepts no more frames, gives those that wait up to <paramref name="limit"/> to leave, then ends <see
    /// cref="RunAsync"/>.
    /// </summary>
    public async Task CloseAsync(TimeSpan limit)
    {
        CompleteWriter();
        await Task.WhenAny(_sending, Task.Delay(limit));
        await _ended.CancelAsync();
    }

    public void Dispose()
    {
        _socket.Dispose();
        _ended.Dispose();
    }

    private void CompleteWriter()
    {
        lock (_writing)
        {
            _completed = true;
            _outgoing.Writer.Complete();
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

            var span = _outgoing.Writer.GetSpan(length);
            LinkFrame.WriteHeader(span, type, stream, payloadLength);
            head.CopyTo(span[LinkFrame.HeaderLength..]);
            payload.CopyTo(span[(LinkFrame.HeaderLength + head.Length)..]);
            _outgoing.Writer.Advance(length);
            Interlocked.Add(ref _queued, length);
            if (isMoreComing)
            {
                return true;
            }

            // The pipe never pauses its writer (the bound is ours), so the flush is complete when it returns.
            var flushed = _outgoing.Writer.FlushAsync();
            return flushed.IsCompleted && !flushed.Result.IsCompleted;
        }
    }

    private async Task SendAsync(CancellationToken cancellation)
    {
        var reader = _outgoing.Reader;
        try
        {
            while (true)
            {
                var result = await reader.ReadAsync(cancellation);
                foreach (var segment in result.Buffer)
                {
                    for (var rest = segment; rest.Length > 0;)
                    {
                        var sent = await _socket.SendAsync(rest, cancellation);
                        rest = rest[sent..];
                    }
                }

                Interlocked.Add(ref _queued, -result.Buffer.Length);
                reader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                {
                    return;
                }
            }
        }
        catch (Exception end) when (end is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The other side is gone or the link is being closed; the reading side says why.
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private async Task ReceiveAsync(CancellationToken cancellation)
    {
        var writer = _incoming.Writer;
        try
        {
            while (true)
            {
                var memory = writer.GetMemory(ReceiveBlock);
                var received = await _socket.ReceiveAsync(memory, cancellation);
                if (received == 0)
                {
                    return;
                }

                writer.Advance(received);
                var flushed = await writer.FlushAsync(cancellation);
                if (flushed.IsCompleted)
                {
                    return;
                }
            }
        }
        catch (Exception end) when (end is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // As above: a closed link is not an error of ours.
        }
        finally
        {
            await writer.CompleteAsync();
        }
    }

    private async Task<string?> HandleAsync(ILinkHandler handler)
    {
        var reader = _incoming.Reader;
        try
        {
            while (true)
            {
                var result = await reader.ReadAsync();
                var buffer = result.Buffer;
                if (HandleAll(handler, ref buffer) is { } problem)
                {
                    return problem;
                }

                reader.AdvanceTo(buffer.Start, buffer.End);
                if (result.IsCompleted)
                {
                    return buffer.IsEmpty ? null : "the link closed inside a frame";
                }
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private string? HandleAll(ILinkHandler handler, ref ReadOnlySequence<byte> buffer)
    {
        while (true)
        {
            switch (LinkFrame.TryRead(ref buffer, out var type, out var stream, out var payload))
            {
                case LinkFrame.ReadResult.Incomplete:
                    return null;
                case LinkFrame.ReadResult.Malformed:
                    return "a frame with an impossible length";
                case LinkFrame.ReadResult.Frame when !handler.Handle(type, stream, AsSpan(payload)):
                    return $"an unexpected or malformed {type} frame";
            }
        }
    }

    private ReadOnlySpan<byte> AsSpan(ReadOnlySequence<byte> payload)
    {
        if (payload.IsSingleSegment)
        {
            return payload.FirstSpan;
        }

        payload.CopyTo(_scratch);
        return _scratch.AsSpan(0, (int)payload.Length);
    }
}
