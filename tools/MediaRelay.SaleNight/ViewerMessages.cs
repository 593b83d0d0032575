using System.Buffers;
using MediaRelay.Commerce.Overlays;
using MediaRelay.Commerce.Overlays.MessagePack;

namespace MediaRelay.SaleNight;

/// <summary>What viewers send on the overlay channel, encoded; one per viewer, since each counts its messages itself.</summary>
internal sealed class ViewerMessages(TimeProvider time)
{
    private ulong _seq;

    public byte[] Like(int count) => Write("like", "count", writer => writer.WriteInteger(count));

    public byte[] Comment(string text) => Write("comment", "text", writer => writer.WriteString(text));

    private byte[] Write(string type, string field, Action<MessagePackWriter> writeValue)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(OverlayEnvelope.FieldCount);
        writer.WriteInteger(OverlayEnvelope.Version);
        writer.WriteString(type);
        writer.WriteInteger(++_seq);
        writer.WriteInteger(time.GetUtcNow().ToUnixTimeMilliseconds() * 1000);
        writer.WriteNil();
        writer.WriteMapHeader(1);
        writer.WriteString(field);
        writeValue(writer);
        return output.WrittenSpan.ToArray();
    }
}
