using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using MediaRelay.Commerce.Overlays;

namespace MediaRelay.Server.Tests.EndToEnd;

/// <summary>A client of the events WebSocket that keeps what comes.</summary>
internal sealed class OverlayListener : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly ConcurrentQueue<JsonArray> _messages = new();
    private readonly CancellationTokenSource _ended = new();
    private Task _receiving = Task.CompletedTask;

    /// <summary>Messages as <c>[version, type, seq, sentAt, mediaTime, body]</c>, oldest first.</summary>
    public IReadOnlyList<JsonArray> Messages => [.. _messages];

    public static async Task<OverlayListener> ConnectAsync(Uri server, string roomId, string token, long? after = null)
    {
        var listener = new OverlayListener();
        var query = after is { } seq ? $"&after={seq}" : "";
        await listener._socket.ConnectAsync(
            new Uri($"ws://{server.Authority}/v1/rooms/{roomId}/events?access_token={token}{query}"), CancellationToken.None);
        listener._receiving = listener.ReceiveAsync();
        return listener;
    }

    public async Task SendAsync(ReadOnlyMemory<byte> message) =>
        await _socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, _ended.Token);

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _receiving;
        _socket.Dispose();
        _ended.Dispose();
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[OverlayEnvelope.MaxBytes];
        var length = 0;
        try
        {
            while (true)
            {
                var part = await _socket.ReceiveAsync(buffer.AsMemory(length), _ended.Token);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    return;
                }

                length += part.Count;
                if (part.EndOfMessage)
                {
                    Assert.Equal(WebSocketMessageType.Binary, part.MessageType);
                    _messages.Enqueue(MessagePackJson.Read(buffer.AsSpan(0, length))!.AsArray());
                    length = 0;
                }
            }
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            // The test is over.
        }
    }
}
