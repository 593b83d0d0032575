using MediaRelay.Protocols.Sctp;

namespace MediaRelay.Protocols.Tests.Sctp;

/// <summary>Packets written by hand, as a peer that is broken or malicious would send them.</summary>
internal static class SctpPackets
{
    /// <summary>A packet with one chunk.</summary>
    public static byte[] WithChunk(uint tag, SctpChunkType type, byte flags, params byte[] value)
    {
        var packet = new byte[1500];
        var writer = new SctpPacketWriter(packet);
        Assert.True(writer.TryAddChunk(type, flags, value.Length, out var space));
        value.CopyTo(space);
        return packet[..writer.Complete(5000, 5000, tag, hasChecksum: true)];
    }

    /// <summary>A packet with one DATA chunk.</summary>
    public static byte[] WithData(uint tag, Tsn tsn, byte flags, ushort stream, ushort sequence, params byte[] data)
    {
        var packet = new byte[1900];
        var writer = new SctpPacketWriter(packet);
        Assert.True(DataChunk.TryWrite(ref writer, flags, tsn, stream, sequence, payloadProtocol: 53, data.Length, out var space));
        data.CopyTo(space);
        return packet[..writer.Complete(5000, 5000, tag, hasChecksum: true)];
    }

    /// <summary>A packet with one SACK.</summary>
    public static byte[] WithSack(uint tag, Tsn cumulative, uint window, params TsnRange[] gaps)
    {
        var packet = new byte[1150];
        var writer = new SctpPacketWriter(packet);
        Assert.True(SackChunk.TryWrite(ref writer, cumulative, window, gaps, []));
        return packet[..writer.Complete(5000, 5000, tag, hasChecksum: true)];
    }

    /// <summary>The types of a packet's chunks.</summary>
    public static List<SctpChunkType> ChunkTypes(ReadOnlySpan<byte> packet)
    {
        var types = new List<SctpChunkType>();
        var reader = new SctpChunkReader(packet[SctpPacket.HeaderLength..]);
        while (reader.TryRead(out var chunk))
        {
            types.Add(chunk.Type);
        }

        return types;
    }

    /// <summary>The TSNs of a packet's DATA chunks.</summary>
    public static List<Tsn> Tsns(ReadOnlySpan<byte> packet)
    {
        var tsns = new List<Tsn>();
        var reader = new SctpChunkReader(packet[SctpPacket.HeaderLength..]);
        while (reader.TryRead(out var chunk))
        {
            if (chunk.Type == SctpChunkType.Data && DataChunk.TryParse(chunk, out var data))
            {
                tsns.Add(data.Tsn);
            }
        }

        return tsns;
    }
}
