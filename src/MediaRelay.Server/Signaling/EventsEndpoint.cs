using System.Buffers;
using System.Globalization;
using System.Net.WebSockets;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Overlays;
using MediaRelay.Server.Admission;
using MediaRelay.Server.Auth;
using MediaRelay.Server.Observability;
using MediaRelay.Server.Overlays;
using MediaRelay.Server.Problems;

namespace MediaRelay.Server.Signaling;

/// <summary>The overlay messages of a room over a WebSocket, for whom a data channel is too much: <c>/v1/rooms/{roomId}/events</c>.</summary>
internal sealed class EventsEndpoint(
    AccessCheck access, RoomDirectory rooms, OverlayHub hub, JoinGate gate, JoinMetrics metrics, TimeProvider time,
    IHostApplicationLifetime lifetime)
{
    private const string Kind = "events";

    public async Task ServeAsync(HttpContext http, string roomId)
    {
        var arrived = time.GetTimestamp();
        if (Check(http, roomId, out var room, out var viewerId, out var after) is { } problem)
        {
            metrics.Refused(Kind);
            await problem.ExecuteAsync(http);
            return;
        }

        if (gate.RefuseViewer(http, room!.Id) is { } refusal)
        {
            metrics.TurnedAway(Kind, refusal);
            await refusal.Problem.ExecuteAsync(http);
            return;
        }

        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        metrics.Accepted(Kind, time.GetElapsedTime(arrived));
        rooms.NoteJoin(room, viewerId, http.Request.Query["share"]);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
        await RunAsync(socket, room.Id, viewerId, after, ended);
    }

    private async Task RunAsync(WebSocket socket, RoomId roomId, ViewerId viewerId, long? after, CancellationTokenSource ended)
    {
        using var viewer = new EventsViewer(hub, roomId, viewerId, time);
        hub.Add(roomId, viewer);
        try
        {
            viewer.Begin(after);
            var sending = viewer.SendAsync(socket, ended.Token);
            var receiving = ReceiveAsync(socket, viewer, ended.Token);
            await Task.WhenAny(sending, receiving);
            await ended.CancelAsync();
            await Task.WhenAll(sending, receiving);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // Either side has ended; nothing is owed to a viewer who is gone.
        }
        finally
        {
            hub.Remove(roomId, viewer);
        }
    }

    private ProblemResult? Check(HttpContext http, string roomId, out RoomEntry? room, out ViewerId viewerId, out long? after)
    {
        room = null;
        viewerId = default;
        after = null;
        var (token, problem) = access.Identify(http);
        if (problem is not null)
        {
            return problem;
        }

        room = rooms.Find(roomId);
        if (!Permissions.CanListen(token, roomId, room?.Facts))
        {
            return AccessCheck.Refuse(token, "listen to this room");
        }

        if (room is null)
        {
            return HttpProblem.NotFound("room", roomId);
        }

        if (!http.WebSockets.IsWebSocketRequest)
        {
            return HttpProblem.BadRequest("Upgrade", http.Request.Headers.Upgrade, "a WebSocket handshake (RFC 6455)");
        }

        if (!ViewerId.TryParse(token is { Identity.Length: > 0 } ? token.Identity : hub.MakeViewerId(), out viewerId))
        {
            return HttpProblem.BadRequest("sub", token!.Identity, Identifier.Allowed);
        }

        if (http.Request.Query["after"] is [{ } text])
        {
            if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seq))
            {
                return HttpProblem.BadRequest("after", text, "a sequence number of the room, 0 or more");
            }

            after = seq;
        }

        return null;
    }

    private static async Task ReceiveAsync(WebSocket socket, EventsViewer viewer, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(OverlayEnvelope.MaxBytes + 1);
        try
        {
            var length = 0;
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer.AsMemory(length, OverlayEnvelope.MaxBytes + 1 - length), cancellation);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellation);
                    return;
                }

                length += part.Count;
                if (length > OverlayEnvelope.MaxBytes)
                {
                    await socket.CloseOutputAsync(
                        WebSocketCloseStatus.MessageTooBig, $"A message has at most {OverlayEnvelope.MaxBytes} bytes.", cancellation);
                    return;
                }

                if (part.EndOfMessage)
                {
                    viewer.Receive(buffer.AsSpan(0, length));
                    length = 0;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
