using MediaRelay.Mixing.Scenes;

namespace MediaRelay.Mixing.Link;

/// <summary>
/// A new layout, from the first picture at or after <paramref name="AtMediaTime"/>: a 90 kHz time on the unwrapped
/// timeline of the video outputs, which all share it. Null means at once.
/// </summary>
internal sealed record LayoutChange(Layout Layout, long? AtMediaTime);
