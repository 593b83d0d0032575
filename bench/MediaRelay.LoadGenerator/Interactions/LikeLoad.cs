using System.Buffers;
using MediaRelay.Commerce.Overlays;
using MediaRelay.Commerce.Overlays.MessagePack;
using MediaRelay.LoadGenerator.Crowds;
using MediaRelay.LoadGenerator.Reports;
using MediaRelay.Protocols.Time;

namespace MediaRelay.LoadGenerator.Interactions;

/// <summary>Viewers like: each at a rate of its own on its overlay channel, one like a message, in turn.</summary>
/// <param name="perViewerAndSecond">Likes.</param>
internal sealed class LikeLoad(double perViewerAndSecond, Crowd crowd, Func<Timestamp> now, TimeProvider time)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    // Who is there is looked up this often and not at every tick.
    private static readonly TimeSpan RollCall = TimeSpan.FromSeconds(1);

    private readonly ArrayBufferWriter<byte> _message = new();
    private long _sent;
    private long _refused;

    /// <summary>Until <paramref name="end"/>.</summary>
    public async Task RunAsync(Task end, CancellationToken cancellationToken)
    {
        var pace = new Pace(now());
        var present = crowd.Present;
        var nextRollCall = now() + RollCall;
        var turn = 0;
        while (!end.IsCompleted)
        {
            await Task.Delay(Tick, cancellationToken);
            if (now() >= nextRollCall)
            {
                nextRollCall = now() + RollCall;
                present = crowd.Present;
            }

            for (var due = pace.Take(now(), perViewerAndSecond * present.Count); due > 0; due--)
            {
                Like(present[turn++ % present.Count]);
            }
        }
    }

    /// <param name="counted">What the server told its viewers that it counted.</param>
    /// <param name="refusedByChannel">What viewers could not put on their channels.</param>
    public LikeReport Report(long counted, long refusedByChannel) => new(_sent, _refused + refusedByChannel, counted);

    private void Like(Seat seat)
    {
        if (seat.Viewer.OverlaysOpenedAt is null)
        {
            return;
        }

        if (seat.Viewer.TrySend(Encode(seat)))
        {
            _sent++;
        }
        else
        {
            _refused++;
        }
    }

    private byte[] Encode(Seat seat)
    {
        _message.ResetWrittenCount();
        var writer = new MessagePackWriter(_message);
        writer.WriteArrayHeader(OverlayEnvelope.FieldCount);
        writer.WriteInteger(OverlayEnvelope.Version);
        writer.WriteString("like");
        writer.WriteInteger(++seat.SentMessages);
        writer.WriteInteger(time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000);
        writer.WriteNil();
        writer.WriteMapHeader(1);
        writer.WriteString("count");
        writer.WriteInteger(1);
        return _message.WrittenSpan.ToArray();
    }
}
