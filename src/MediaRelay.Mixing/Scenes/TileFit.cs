using System.Text.Json.Serialization;

namespace MediaRelay.Mixing.Scenes;

/// <summary>How a picture whose shape differs from its tile's is placed. It is never stretched.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TileFit>))]
public enum TileFit
{
    /// <summary>Fills the tile; what overlaps is cut off evenly on both sides.</summary>
    Cover,

    /// <summary>Shown whole, centred; the rest of the tile keeps the canvas's background.</summary>
    Contain,
}
