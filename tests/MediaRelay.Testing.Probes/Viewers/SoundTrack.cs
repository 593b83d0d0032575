using MediaRelay.Mixing.Codecs;
using MediaRelay.Mixing.Sync;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Testing.Probes.Viewers;

/// <summary>Puts one Opus stream in order and decodes it, as a player does: up to 60 ms that never came are made up. The viewer's thread.</summary>
internal sealed class SoundTrack : IDisposable
{
    private const int LongestConcealed = 3 * AudioEncoder.Frames;

    private readonly RtpReorderBuffer _reorder;
    private readonly TimestampUnwrapper _timestamps = new();
    private readonly AudioDecoder _decoder = AudioDecoder.Create(new CodecElements());
    private readonly Dictionary<ushort, Timestamp> _arrivals = [];

    public SoundTrack(PacketPool pool) => _reorder = new RtpReorderBuffer(pool, AudioDecoder.SampleRate);

    public HeardSound Sound { get; } = new();

    public CaptureMap Map { get; } = new(AudioDecoder.SampleRate);

    public void TakeMapping(RtpTimestamp timestamp, NtpTime capture) => Map.Add(_timestamps.Peek(timestamp), capture);

    public void Take(Timestamp arrival, in RtpPacket packet)
    {
        _arrivals[packet.SequenceNumber.Value] = arrival;
        _reorder.Insert(arrival, packet);
    }

    /// <summary>Decodes what is next; returns when to look again.</summary>
    public Timestamp Advance(Timestamp now, Lock results)
    {
        while (_reorder.TryTake(now, out var buffer))
        {
            using (buffer)
            {
                if (RtpPacket.TryParse(buffer.Span, out var packet) && OpusPayload.TryGetDuration(packet.Payload, out var frames))
                {
                    _arrivals.Remove(packet.SequenceNumber.Value, out var arrival);
                    Decode(packet, frames, arrival, results);
                }
            }
        }

        return _reorder.NextTimeout;
    }

    public void Dispose()
    {
        _decoder.Dispose();
        _reorder.Dispose();
    }

    private void Decode(in RtpPacket packet, int frames, Timestamp arrival, Lock results)
    {
        var position = _timestamps.Unwrap(packet.Timestamp);
        if (Sound.End is { } end && position > end && position - end <= LongestConcealed)
        {
            var madeUp = _decoder.Conceal((int)(position - end));
            lock (results)
            {
                Sound.Add(end, arrival, madeUp, isConcealed: true);
            }
        }

        var samples = _decoder.Decode(packet.Payload, frames);
        lock (results)
        {
            Sound.Add(position, arrival, samples, isConcealed: false);
        }
    }
}
