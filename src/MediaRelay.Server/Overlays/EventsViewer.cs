using System.Collections.Concurrent;
using System.Net.WebSockets;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Overlays;

namespace MediaRelay.Server.Overlays;

/// <summary>A viewer's overlays on a WebSocket. Messages come from any thread; a lock makes the session's one thread of them.</summary>
/// <remarks>
/// The session takes its room's lock (for a snapshot, an answer, a comment), and the room delivers under that lock: so what is delivered
/// is only laid down, and fetched by a thread that holds no other lock. Waiting for each other's, the two would wait for ever.
/// </remarks>
internal sealed class EventsViewer : IThreadPoolWorkItem, IDisposable
{
    private readonly OverlaySession _session;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _work = new(1, 1);

    // Emptied as soon as a pool thread is free, into the session's lanes, which are bounded.
    private readonly ConcurrentQueue<object> _delivered = new();
    private bool _isFetching;
    private bool _isDisposed;

    public EventsViewer(OverlayHub hub, RoomId roomId, ViewerId viewerId, TimeProvider time)
    {
        _session = new OverlaySession(hub, roomId, viewerId, Deliver, isAcknowledged: false);
        _time = time;
    }

    /// <summary>Begins with what followed <paramref name="after"/>, if that is kept; else with a snapshot.</summary>
    public void Begin(long? after)
    {
        lock (_lock)
        {
            _session.Begin(_time.GetUtcNow(), after);
        }
    }

    /// <summary>Takes an <see cref="OverlayMessage"/> for the whole room, or one that is this viewer's; waits for nobody.</summary>
    public void Deliver(object message)
    {
        _delivered.Enqueue(message);
        if (!Interlocked.Exchange(ref _isFetching, true))
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    public void Receive(ReadOnlySpan<byte> message)
    {
        lock (_lock)
        {
            Fetch();
            _session.Receive(_time.GetUtcNow(), message);
            Signal();
        }
    }

    /// <summary>Sends what waits until cancelled. One frame per message.</summary>
    public async Task SendAsync(WebSocket socket, CancellationToken cancellation)
    {
        var frame = new byte[OverlayEnvelope.MaxBytes];
        while (true)
        {
            await _work.WaitAsync(cancellation);
            while (TryTake(frame, out var length))
            {
                await socket.SendAsync(frame.AsMemory(0, length), WebSocketMessageType.Binary, endOfMessage: true, cancellation);
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _session.Dispose();
            _work.Dispose();
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        // First, so that what comes from here on is either fetched now or asks for another turn.
        Interlocked.Exchange(ref _isFetching, false);
        lock (_lock)
        {
            if (!_isDisposed)
            {
                Fetch();
                Signal();
            }
        }
    }

    private bool TryTake(byte[] frame, out int length)
    {
        lock (_lock)
        {
            length = 0;
            Fetch();
            if (!_session.TryPeek(_time, out var message))
            {
                return false;
            }

            length = (int)message.Length;
            System.Buffers.BuffersExtensions.CopyTo(message, frame);
            _session.Advance();
            return true;
        }
    }

    private void Fetch()
    {
        while (_delivered.TryDequeue(out var message))
        {
            if (message is AddressedOverlay addressed)
            {
                _session.Deliver(addressed);
            }
            else
            {
                _session.Deliver((OverlayMessage)message);
            }
        }
    }

    private void Signal()
    {
        if (_work.CurrentCount == 0)
        {
            _work.Release();
        }
    }
}
