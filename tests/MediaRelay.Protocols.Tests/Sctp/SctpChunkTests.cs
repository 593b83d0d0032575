using MediaRelay.Protocols.Sctp;

namespace MediaRelay.Protocols.Tests.Sctp;

/// <summary>Wire formats: a captured packet, write-then-read, and every prefix.</summary>
public class SctpChunkTests
{
    /// <summary>An INIT as usrsctp sends it, with extensions that we know and some that we do not use.</summary>
    internal const string UsrsctpInit =
        "138813880000000081469dfc01000056" + "55b964a50002000004000800e86d1030" + "c0000004" + "80080009c00fc18082000000"
        + "800200249febbb5c50c9bf759cb12c574fa45a51ba60177827945c31e65d5b0947e22206" + "8004000600010000" + "8003000680c10000";

    [Fact]
    public void TryParse_UsrsctpInit_ReadsTermsAndExtensions()
    {
        var bytes = Convert.FromHexString(UsrsctpInit);

        Assert.True(SctpPacket.TryParse(bytes, out var packet));
        Assert.True(packet.HasValidChecksum);
        Assert.Equal(5000, packet.SourcePort);
        Assert.Equal(5000, packet.DestinationPort);
        Assert.Equal(0u, packet.VerificationTag);
        var reader = new SctpChunkReader(packet.Chunks);
        Assert.True(reader.TryRead(out var chunk));
        Assert.Equal(SctpChunkType.Init, chunk.Type);
        Assert.True(InitChunk.TryParse(chunk, new byte[64], out var unrecognized, out var init));
        Assert.Equal(0, unrecognized);
        Assert.Equal(
            new SctpPeerTerms(
                0x55b9_64a5,
                0x0002_0000,
                1024,
                2048,
                new Tsn(0xe86d_1030),
                SctpExtensions.ForwardTsn | SctpExtensions.Reconfig),
            init.Terms);
        Assert.False(reader.TryRead(out _));
        Assert.False(reader.IsMalformed);
    }

    [Fact]
    public void HasValidChecksum_AnyBitChanged_IsFalse()
    {
        var bytes = Convert.FromHexString(UsrsctpInit);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.True(SctpPacket.TryParse(bytes, out var packet));
            Assert.False(packet.HasValidChecksum, $"bit {bit}");
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void InitChunk_WrittenWithUnknownParameters_ReportsThem()
    {
        // 0x4001: stop, report. 0xC123: go on, report. 0x8123: go on, silently.
        byte[] parameters = [0xC1, 0x23, 0, 5, 9, 0, 0, 0, 0x81, 0x23, 0, 4, 0x40, 0x01, 0, 4, 0xC0, 0, 0, 4];
        byte[] chunkBytes = [1, 0, 0, (byte)(20 + parameters.Length), .. Enumerable.Repeat((byte)1, 16), .. parameters];
        var unrecognized = new byte[64];

        Assert.True(InitChunk.TryParse(new SctpChunk(chunkBytes), unrecognized, out var length, out var init));

        Assert.Equal([0xC1, 0x23, 0, 5, 9, 0, 0, 0, 0x40, 0x01, 0, 4], unrecognized[..length]);
        Assert.Equal(SctpExtensions.None, init.Terms.Extensions);
    }

    [Fact]
    public void InitChunk_WriteThenRead_IsTheSame()
    {
        var terms = new SctpPeerTerms(7, 131_072, 1024, 1000, new Tsn(uint.MaxValue), SctpExtensions.None);
        byte[] cookie = [1, 2, 3, 4, 5];
        var packet = new byte[1150];
        var writer = new SctpPacketWriter(packet);
        Assert.True(InitChunk.TryWrite(ref writer, SctpChunkType.InitAck, terms, cookie, unrecognized: [0xC1, 0x23, 0, 4]));
        var length = writer.Complete(5000, 5001, 99, hasChecksum: true);

        Assert.True(SctpPacket.TryParse(packet.AsSpan(0, length), out var parsed));
        Assert.True(parsed.HasValidChecksum);
        var reader = new SctpChunkReader(parsed.Chunks);
        Assert.True(reader.TryRead(out var chunk));
        Assert.True(InitChunk.TryParse(chunk, [], out _, out var init));
        var all = SctpExtensions.ForwardTsn | SctpExtensions.Reconfig | SctpExtensions.ZeroChecksum;
        Assert.Equal(terms with { Extensions = all }, init.Terms);
        Assert.Equal(cookie, init.Cookie.ToArray());
    }

    [Fact]
    public void SackChunk_WriteThenRead_IsTheSame()
    {
        var packet = new byte[200];
        var writer = new SctpPacketWriter(packet);
        var cumulative = new Tsn(uint.MaxValue - 1);
        TsnRange[] gaps = [new(cumulative + 3, cumulative + 4), new(cumulative + 9, cumulative + 9)];
        Tsn[] duplicates = [cumulative, cumulative + 3];
        Assert.True(SackChunk.TryWrite(ref writer, cumulative, 1234, gaps, duplicates));
        var length = writer.Complete(5000, 5000, 1, hasChecksum: true);

        var reader = new SctpChunkReader(packet.AsSpan(SctpPacket.HeaderLength, length - SctpPacket.HeaderLength));
        Assert.True(reader.TryRead(out var chunk));
        Assert.True(SackChunk.TryParse(chunk, out var sack));
        Assert.Equal(cumulative, sack.CumulativeTsnAck);
        Assert.Equal(1234u, sack.AdvertisedWindow);
        Assert.Equal(2, sack.GapBlockCount);
        Assert.Equal((3, 4), sack.GapBlock(0));
        Assert.Equal((9, 9), sack.GapBlock(1));
        Assert.Equal(2, sack.DuplicateCount);
    }

    [Fact]
    public void SackChunk_TooManyGaps_WritesWhatFits()
    {
        var packet = new byte[60];
        var writer = new SctpPacketWriter(packet);
        var gaps = Enumerable.Range(1, 50).Select(i => new TsnRange(new Tsn((uint)i * 2), new Tsn((uint)i * 2))).ToArray();

        Assert.True(SackChunk.TryWrite(ref writer, new Tsn(0), 0, gaps, [new Tsn(0)]));

        Assert.Equal(0, writer.Free);
        Assert.True(SackChunk.TryParse(new SctpChunk(packet.AsSpan(SctpPacket.HeaderLength)), out var sack));
        Assert.Equal((60 - 12 - 4 - 12) / 4, sack.GapBlockCount);
        Assert.Equal(0, sack.DuplicateCount);
    }

    [Fact]
    public void ForwardTsnChunk_WriteThenRead_IsTheSame()
    {
        var packet = new byte[100];
        var writer = new SctpPacketWriter(packet);
        Assert.True(ForwardTsnChunk.TryWrite(ref writer, new Tsn(77), [new SkippedStream(1, 2), new SkippedStream(3, 65535)]));
        var length = writer.Complete(5000, 5000, 1, hasChecksum: true);

        var reader = new SctpChunkReader(packet.AsSpan(SctpPacket.HeaderLength, length - SctpPacket.HeaderLength));
        Assert.True(reader.TryRead(out var chunk));
        Assert.True(ForwardTsnChunk.TryParse(chunk, out var forward));
        Assert.Equal(new Tsn(77), forward.NewCumulativeTsn);
        Assert.Equal(2, forward.EntryCount);
        Assert.Equal(new SkippedStream(1, 2), forward.Entry(0));
        Assert.Equal(new SkippedStream(3, 65535), forward.Entry(1));
    }

    [Fact]
    public void StateCookie_ChangedAnywhere_IsRefused()
    {
        var terms = new SctpPeerTerms(1, 2, 3, 4, new Tsn(5), SctpExtensions.Reconfig);
        var cookie = new StateCookie(terms, terms with { Tag = 9 }, 6, 7, Protocols.Time.Timestamp.FromMilliseconds(8));
        var bytes = new byte[StateCookie.Length];
        cookie.Write(bytes);

        Assert.True(StateCookie.TryParse(bytes, out var read));
        Assert.Equal(cookie, read);
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 1;
            Assert.False(StateCookie.TryParse(bytes, out _), $"byte {i}");
            bytes[i] ^= 1;
            Assert.False(StateCookie.TryParse(bytes.AsSpan(0, i), out _));
        }
    }
}
