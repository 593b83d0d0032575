using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Relay.Forwarding;

/// <summary>One viewer's sound: it needs no key frame, so it runs from the first packet that comes.</summary>
internal sealed class AudioSubscription(OutgoingStream stream)
{
    private const int ClockRate = 48_000;
    private const uint PacketTicks = ClockRate / 50;

    private FeedFanout? _fanout;
    private bool _begins = true;

    public OutgoingStream Stream { get; } = stream;

    /// <summary>From the next packet on the sound comes from there.</summary>
    public void Follow(FeedFanout fanout)
    {
        _fanout = fanout;
        _begins = true;
    }

    /// <summary>Returns how many packets were sent.</summary>
    public int Send(Timestamp now, FeedBatch batch, DatagramWriter output)
    {
        var sent = 0;
        foreach (ref readonly var packet in batch.Audio)
        {
            if (_begins)
            {
                if (packet.IsLate)
                {
                    // What overtook it was sent before this viewer listened.
                    continue;
                }

                _begins = false;
                Stream.Begin(_fanout!, packet, OffsetOf(now, packet), packet.Timestamp);
            }

            sent += Stream.Send(now, packet, output) ? 1 : 0;
        }

        return sent;
    }

    /// <summary>A first feed's own timestamps; another one's continue by the time that has passed.</summary>
    private uint OffsetOf(Timestamp now, in FeedPacket packet)
    {
        if (!Stream.HasSent)
        {
            return 0;
        }

        var elapsed = Math.Max(PacketTicks, (now - Stream.LastSent).Ticks * ClockRate / TimeSpan.TicksPerSecond);
        return Stream.LastTimestamp + (uint)elapsed - packet.Timestamp;
    }
}
