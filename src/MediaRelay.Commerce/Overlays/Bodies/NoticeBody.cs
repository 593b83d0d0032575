using MediaRelay.Commerce.Overlays.MessagePack;

namespace MediaRelay.Commerce.Overlays.Bodies;

/// <summary>
/// <c>notice</c> <c>{code, text?}</c>, for example code <c>codec</c> for a viewer without the room's video codec.
/// </summary>
public readonly record struct NoticeBody(string Code, string? Text = null) : IOverlayBody
{
    public string Type => OverlayTypes.Notice;

    public void Write(MessagePackWriter writer)
    {
        writer.WriteMapHeader(Text is null ? 1 : 2);
        writer.WriteString("code");
        writer.WriteString(Code);
        if (Text is not null)
        {
            writer.WriteString("text");
            writer.WriteString(Text);
        }
    }
}
