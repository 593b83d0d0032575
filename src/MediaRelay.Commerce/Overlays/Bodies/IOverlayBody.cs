using MediaRelay.Commerce.Overlays.MessagePack;

namespace MediaRelay.Commerce.Overlays.Bodies;

/// <summary>What stands in the envelope: writes one MessagePack map.</summary>
public interface IOverlayBody
{
    /// <summary>One of <see cref="OverlayTypes"/>.</summary>
    string Type { get; }

    void Write(MessagePackWriter writer);
}
