using MediaRelay.Commerce.Overlays.MessagePack;

namespace MediaRelay.Commerce.Overlays.Bodies;

/// <summary><c>pong</c> <c>{t, at}</c>: the ping's own value, and the relay's time in Unix microseconds.</summary>
/// <param name="EchoedT">The ping's <c>t</c> as it was encoded.</param>
public readonly record struct PongBody(ReadOnlyMemory<byte> EchoedT, long AtMicros) : IOverlayBody
{
    public string Type => OverlayTypes.Pong;

    public void Write(MessagePackWriter writer)
    {
        writer.WriteMapHeader(2);
        writer.WriteString("t");
        writer.WriteRaw(EchoedT.Span);
        writer.WriteString("at");
        writer.WriteInteger(AtMicros);
    }
}
