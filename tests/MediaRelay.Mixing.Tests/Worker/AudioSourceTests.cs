using MediaRelay.Mixing.Codecs;
using MediaRelay.Mixing.Sync;
using MediaRelay.Mixing.Worker;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Mixing.Tests.Worker;

public sealed class AudioSourceTests
{
    private const uint FirstTimestamp = uint.MaxValue - 20_000;

    [Fact]
    public void Read_SteadyPackets_GivesTheToneWithoutAGap()
    {
        var heard = Play(seconds: 3, arrivalMs: block => (block * 20) + 25, commonMs: 60, out var source);
        AssertTone(heard, allowedMisses: 0);
        Assert.Equal(0, source.Concealed);
    }

    [Fact]
    public void Read_JitterAndReordering_GivesTheToneWithoutAGap()
    {
        var random = new Random(3);
        var heard = Play(seconds: 3, arrivalMs: block => (block * 20) + 25 + random.Next(0, 30), commonMs: 100, out var source);
        AssertTone(heard, allowedMisses: 0);
        Assert.Equal(0, source.Concealed);
    }

    [Fact]
    public void Read_PacketsLaterThanTheCommonDelay_AreHeardAfterAMoment()
    {
        var heard = Play(seconds: 4, arrivalMs: block => (block * 20) + 300, commonMs: 60, out _);
        AssertTone(heard, allowedMisses: 4);
    }

    [Fact]
    public void Read_PathGetsSlower_LosesOnlyAMoment()
    {
        var heard = Play(seconds: 6, arrivalMs: block => (block * 20) + (block < 120 ? 25 : 240), commonMs: 60, out _);
        AssertTone(heard, allowedMisses: 16);
    }

    [Fact]
    public void Read_EveryTwentiethPacketLost_IsConcealed()
    {
        var heard = Play(seconds: 4, arrivalMs: block => block % 20 == 10 ? null : (block * 20) + 25, commonMs: 70, out var source);
        AssertTone(heard, allowedMisses: 12);
        Assert.InRange(source.Concealed, 7 * 960, 11 * 960);
    }

    [Fact]
    public void OnRtp_TruncatedAtEveryLengthAndGarbage_IsCountedAndHarmless()
    {
        var pool = new PacketPool();
        var source = new AudioSource(new CodecElements(), pool);
        using var encoder = new AudioEncoder(64, new CodecElements());
        var packet = Packet(encoder, new ToneSource(440, 6_000), 0);
        for (var length = 0; length < packet.Length; length++)
        {
            source.OnRtp(Timestamp.FromMilliseconds(length), Timestamp.FromMilliseconds(length), packet.AsSpan(0, length));
        }

        var random = new Random(1);
        var target = new float[AudioEncoder.Frames * 2];
        for (var i = 0; i < 500; i++)
        {
            var garbage = new byte[random.Next(0, 200)];
            random.NextBytes(garbage);
            source.OnRtp(Timestamp.FromMilliseconds(100 + i), Timestamp.FromMilliseconds(100 + i), garbage);
            source.Read(Timestamp.FromMilliseconds(200 + i), Timestamp.FromMilliseconds(100 + i), target);
        }

        Assert.True(source.Malformed > 12);
        source.Dispose();
        Assert.Equal(0, pool.Outstanding);
    }

    /// <summary>
    /// Plays in virtual time: packet n is captured at 20 n ms and arrives when <paramref name="arrivalMs"/> says (null:
    /// never).
    /// </summary>
    private static List<short> Play(int seconds, Func<int, int?> arrivalMs, int commonMs, out AudioSource source)
    {
        source = new AudioSource(new CodecElements(), new PacketPool());
        using var encoder = new AudioEncoder(64, new CodecElements());
        var tone = new ToneSource(440, 6_000);
        var delay = new SourceDelay();
        var pending = new List<(int At, byte[] Packet)>();
        for (var block = 0; block < seconds * 50; block++)
        {
            var packet = Packet(encoder, tone, block);
            if (arrivalMs(block) is { } at)
            {
                pending.Add((at, packet));
            }
        }

        pending.Sort((left, right) => left.At.CompareTo(right.At));
        var heard = new List<short>();
        var target = new float[AudioEncoder.Frames * 2];
        var next = 0;
        for (var now = 0; now < seconds * 1_000; now += 20)
        {
            for (; next < pending.Count && pending[next].At <= now; next++)
            {
                source.OnRtp(Timestamp.FromMilliseconds(1_000 + pending[next].At), Timestamp.FromMilliseconds(1_000 + pending[next].At), pending[next].Packet);
                if (next == 0)
                {
                    source.OnMapping(new RtpTimestamp(FirstTimestamp), Timestamp.FromMilliseconds(1_000));
                }
            }

            var time = Timestamp.FromMilliseconds(1_000 + now);
            delay.Update(time, source.Delays.HasValue ? source.Delays.Value : null, TimeSpan.FromMilliseconds(commonMs));
            source.Read(time, time - delay.Current, target);
            heard.AddRange(Array.ConvertAll(target, sample => (short)(sample * 32_767)));
        }

        return heard;
    }

    // The first half second is left out: the delay settles there.
    private static void AssertTone(List<short> heard, int allowedMisses)
    {
        var left = ToneSource.Left(heard).AsSpan(24_000);
        var levels = ToneSource.SortedLevels(left, 440);
        var misses = levels.Count(level => level < 4_000);
        Assert.True(misses <= allowedMisses, $"{misses} of {levels.Length} windows without the tone");
    }

    private static byte[] Packet(AudioEncoder encoder, ToneSource tone, int block)
    {
        var payload = encoder.Encode(tone.Next(AudioEncoder.Frames));
        var packet = new byte[RtpPacket.FixedHeaderLength + payload.Length];
        RtpHeaderWriter.Write(
            packet,
            marker: false,
            new PayloadType(111),
            new SequenceNumber((ushort)(65_500 + block)),
            new RtpTimestamp(FirstTimestamp + (uint)(block * AudioEncoder.Frames)),
            new Ssrc(7));
        payload.CopyTo(packet.AsSpan(RtpPacket.FixedHeaderLength));
        return packet;
    }
}
