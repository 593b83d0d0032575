using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.CoHosting;

/// <summary>What a POST of a co-host session says.</summary>
/// <param name="Rooms">2 to 4 different rooms; the first is the main one for layouts that have one.</param>
/// <param name="IsActiveAtOnce">The platform vouches for every merchant's consent.</param>
/// <param name="IdempotencyKey">
/// Repeats with the same key and content give the same session; 1 to 255 characters.
/// </param>
public sealed record CoHostRequest(
    IReadOnlyList<RoomId> Rooms, CoHostLayout? Layout = null, bool IsActiveAtOnce = false,
    string? IdempotencyKey = null)
{
    public const int MaxIdempotencyKeyLength = 255;

    /// <summary>What must be the same for a repeat to be one.</summary>
    public string Content =>
        $"{string.Join(' ', Rooms)}|{Layout?.Name}|{string.Join(';', Layout?.Tiles ?? [])}|{IsActiveAtOnce}";
}
