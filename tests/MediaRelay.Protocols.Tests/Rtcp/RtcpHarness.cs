using MediaRelay.Protocols.Rtcp;

namespace MediaRelay.Protocols.Tests.Rtcp;

internal static class RtcpHarness
{
    /// <summary>The only packet of a compound.</summary>
    public static RtcpPacket Single(ReadOnlySpan<byte> compound)
    {
        Assert.True(RtcpReader.TryParse(compound, out var reader));
        Assert.True(reader.TryReadNext(out var packet));
        Assert.False(reader.TryReadNext(out _));
        return packet;
    }

    /// <summary>Reads everything of every packet, as a relay would, and returns how many values it met.</summary>
    public static int ReadAll(ReadOnlySpan<byte> compound)
    {
        if (!RtcpReader.TryParse(compound, out var reader))
        {
            return 0;
        }

        var values = 0;
        while (reader.TryReadNext(out var packet))
        {
            values++;
            if (SenderReport.TryParse(packet, out var senderReport))
            {
                foreach (var block in senderReport.ReportBlocks)
                {
                    values += block.RoundTrip(senderReport.NtpTime) is { Ticks: >= 0 } or null ? 1 : 0;
                }
            }

            if (ReceiverReport.TryParse(packet, out var receiverReport))
            {
                foreach (var block in receiverReport.ReportBlocks)
                {
                    values += block.RoundTrip(default) is { Ticks: >= 0 } or null ? 1 : 0;
                }
            }

            if (SourceDescription.TryParse(packet, out var description))
            {
                while (description.TryReadNext(out _, out _, out _))
                {
                    values++;
                }
            }

            if (Goodbye.TryParse(packet, out var goodbye))
            {
                foreach (var source in goodbye.Sources)
                {
                    values += source.Value >= 0 ? 1 : 0;
                }
            }

            values += ReadFeedback(packet);
        }

        return values;
    }

    private static int ReadFeedback(in RtcpPacket packet)
    {
        var values = 0;
        if (Nack.TryParse(packet, out var nack))
        {
            foreach (var number in nack)
            {
                values += number.Value >= 0 ? 1 : 0;
            }
        }

        if (FullIntraRequest.TryParse(packet, out var request))
        {
            foreach (var entry in request)
            {
                values += entry.CommandSequence >= 0 ? 1 : 0;
            }
        }

        if (Remb.TryParse(packet, out var remb))
        {
            values += remb.Sources.Count + (remb.BitsPerSecond >= 0 ? 1 : 0);
        }

        if (TransportFeedback.TryParse(packet, out var feedback))
        {
            var entries = 0;
            foreach (var entry in feedback)
            {
                entries += entry.SequenceNumber >= 0 ? 1 : 0;
            }

            Assert.True(feedback.StatusCount == entries);
            values += entries;
        }

        return values + (PictureLossIndication.TryParse(packet, out _) ? 1 : 0);
    }
}
