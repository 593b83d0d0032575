using System.Net.WebSockets;
using MediaRelay.Commerce.Overlays;

namespace MediaRelay.Server.Overlays;

/// <summary>A viewer's overlays on a WebSocket. Messages come from any thread; a lock makes the session's one thread of them.</summary>
internal sealed class EventsViewer(OverlaySession session, TimeProvider time) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _work = new(1, 1);

    public void Deliver(OverlayMessage message)
    {
        lock (_lock)
        {
            session.Deliver(message);
        }

        Signal();
    }

    public void Receive(ReadOnlySpan<byte> message)
    {
        lock (_lock)
        {
            session.Receive(time.GetUtcNow(), message);
        }

        Signal();
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
            session.Dispose();
        }

        _work.Dispose();
    }

    private bool TryTake(byte[] frame, out int length)
    {
        lock (_lock)
        {
            length = 0;
            if (!session.TryPeek(time.GetUtcNow(), out var message))
            {
                return false;
            }

            length = (int)message.Length;
            System.Buffers.BuffersExtensions.CopyTo(message, frame);
            session.Advance();
            return true;
        }
    }

    private void Signal()
    {
        lock (_lock)
        {
            if (_work.CurrentCount == 0)
            {
                _work.Release();
            }
        }
    }
}
