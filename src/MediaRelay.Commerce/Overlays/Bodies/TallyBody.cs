using MediaRelay.Commerce.Overlays.MessagePack;

namespace MediaRelay.Commerce.Overlays.Bodies;

/// <summary><c>tally</c> <c>{likes, viewers}</c>: totals, so a lost one costs nothing.</summary>
public readonly record struct TallyBody(long Likes, long Viewers) : IOverlayBody
{
    public string Type => OverlayTypes.Tally;

    public void Write(MessagePackWriter writer)
    {
        writer.WriteMapHeader(2);
        writer.WriteString("likes");
        writer.WriteInteger(Likes);
        writer.WriteString("viewers");
        writer.WriteInteger(Viewers);
    }
}
