using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Overlays.MessagePack;

namespace MediaRelay.Commerce.Overlays.Bodies;

/// <summary><c>comment</c> <c>{viewerId, text}</c>; the viewer's pseudonym is all that others learn.</summary>
public readonly record struct CommentBody(ViewerId ViewerId, string Text) : IOverlayBody
{
    public string Type => OverlayTypes.Comment;

    public void Write(MessagePackWriter writer)
    {
        writer.WriteMapHeader(2);
        writer.WriteString("viewerId");
        writer.WriteString(ViewerId.Value);
        writer.WriteString("text");
        writer.WriteString(Text);
    }
}
