using MediaRelay.Mixing.Audio;
using MediaRelay.Mixing.Codecs;
using MediaRelay.Mixing.Worker;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Mixing.Tests.Worker;

[Collection(AllocationCollection.Name)]
public sealed class AudioSourceAllocationTests
{
    [Fact]
    public void PacketsWithLoss_ReadAndMixed_AllocateNothing()
    {
        using var source = new AudioSource(new CodecElements(), new PacketPool());
        using var encoder = new AudioEncoder(64, new CodecElements());
        var level = new LoudnessLeveller(-23);
        var limiter = new Limiter();
        var tone = new ToneSource(440, 6_000);
        var packets = Enumerable.Range(0, 50).Select(_ => encoder.Encode(tone.Next(AudioEncoder.Frames)).ToArray()).ToArray();
        var packet = new byte[2_000];
        float[][] blocks = [new float[AudioEncoder.Frames * 2]];
        var mix = new float[AudioEncoder.Frames * 2];
        var samples = new short[AudioEncoder.Frames * 2];
        Run(0, 500);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(500, 1_500);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.InRange(source.Concealed, 20 * AudioEncoder.Frames, 30 * AudioEncoder.Frames);

        void Run(int from, int to)
        {
            for (var block = from; block < to; block++)
            {
                var now = Timestamp.FromMilliseconds(1_000 + (block * 20));
                if (block % 60 != 30)
                {
                    var payload = packets[block % packets.Length];
                    RtpHeaderWriter.Write(
                        packet, false, new PayloadType(111), new SequenceNumber((ushort)block), new RtpTimestamp((uint)(block * 960)), new Ssrc(1));
                    payload.CopyTo(packet.AsSpan(RtpPacket.FixedHeaderLength));
                    source.OnRtp(now, now, packet.AsSpan(0, RtpPacket.FixedHeaderLength + payload.Length));
                }

                source.Read(now, now - TimeSpan.FromMilliseconds(80), blocks[0]);
                level.Process(blocks[0]);
                AudioMixer.Mix(blocks, -1, mix);
                limiter.Process(mix, samples);
            }
        }
    }
}
