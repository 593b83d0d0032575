using System.Text.Json.Serialization;

namespace MediaRelay.Mixing.Scenes;

/// <summary>
/// The named arrangements of the co-hosts' pictures, and <see cref="Custom"/> for rectangles given one by one.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<LayoutKind>))]
public enum LayoutKind
{
    /// <summary>Side by side on a landscape canvas, top and bottom on a portrait one.</summary>
    Auto,

    /// <summary>Columns of equal width; four rooms make two rows of two.</summary>
    SideBySide,

    /// <summary>Rows of equal height; four rooms make two rows of two.</summary>
    TopBottom,

    /// <summary>The first room fills the canvas, the others lie small over its lower right.</summary>
    PictureInPicture,

    /// <summary>The first room has three quarters of the canvas, the others share a strip beside or below it.</summary>
    MainStrip,

    /// <summary>Rectangles named by room.</summary>
    Custom,
}
