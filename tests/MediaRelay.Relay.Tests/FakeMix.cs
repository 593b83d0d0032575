using System.Buffers.Binary;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Relay.Forwarding;

namespace MediaRelay.Relay.Tests;

/// <summary>A mixer's output without a mixer.</summary>
internal sealed class FakeMix(MixSource source, byte name)
{
    private ushort _video = 100;
    private ushort _audio = 100;
    private uint _videoTimestamp = 77;
    private uint _audioTimestamp = 77;
    private uint _frame = 1;

    public void Push100Milliseconds()
    {
        for (var i = 0; i < 3; i++)
        {
            var payload = new byte[50];
            payload[0] = (byte)(_frame % 9 == 0 ? 0x67 : 0x61);
            BinaryPrimitives.WriteUInt32BigEndian(payload.AsSpan(45), _frame++);
            payload[^1] = name;
            Push(isVideo: true, _video++, _videoTimestamp, payload);
            _videoTimestamp += 3_000;
        }

        for (var i = 0; i < 5; i++)
        {
            Push(isVideo: false, _audio++, _audioTimestamp, new byte[20]);
            _audioTimestamp += 960;
        }
    }

    private void Push(bool isVideo, ushort sequence, uint timestamp, byte[] payload)
    {
        var packet = new byte[12 + payload.Length];
        RtpHeaderWriter.Write(packet, isVideo, new PayloadType(96), new SequenceNumber(sequence), new RtpTimestamp(timestamp), new Ssrc(7));
        payload.CopyTo(packet, 12);
        if (isVideo)
        {
            source.PushPicture(MixSource.Whole, packet);
        }
        else
        {
            source.PushSound(packet);
        }
    }
}
