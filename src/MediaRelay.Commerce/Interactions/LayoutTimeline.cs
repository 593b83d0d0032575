using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Interactions;

/// <summary>
/// How a room's picture was arranged, by media time: a viewer sees a layout a playback delay after it was told of it, and taps on what it
/// sees. The last changes only. Thread-safe.
/// </summary>
public sealed class LayoutTimeline
{
    /// <summary>Changes that are kept: an evening's, for a room that changes every minute.</summary>
    public const int MaxChanges = 256;

    private readonly Lock _gate = new();
    private readonly List<Change> _changes = [];

    /// <summary>From a media time on the picture is arranged so; without tiles it is the room's own host alone.</summary>
    public void Note(long mediaTime, CoHostSession? session, IReadOnlyList<LayoutTile> tiles)
    {
        lock (_gate)
        {
            // A change that is to come may be overtaken by one that is sooner.
            var place = _changes.FindLastIndex(change => change.MediaTime <= mediaTime) + 1;
            _changes.Insert(place, new Change(mediaTime, session, tiles));
            if (_changes.Count > MaxChanges)
            {
                _changes.RemoveAt(0);
            }
        }
    }

    /// <summary>
    /// Whose tile lies at a point (0–1) of the picture at a media time. False when that time is not known any more, or never was; true with
    /// null for a point without a tile.
    /// </summary>
    public bool TryFind(long mediaTime, MerchantId own, double x, double y, out MerchantId? owner)
    {
        owner = null;
        Change? change;
        lock (_gate)
        {
            change = _changes.FindLast(candidate => candidate.MediaTime <= mediaTime);
        }

        if (change is null)
        {
            return false;
        }

        owner = change.Session is { } session && change.Tiles.Count > 0 ? OwnerAt(session, change.Tiles, x, y) : own;
        return true;
    }

    /// <summary>Whose tile lies at a point; the highest one, null where there is none.</summary>
    public static MerchantId? OwnerAt(CoHostSession session, IReadOnlyList<LayoutTile> tiles, double x, double y)
    {
        var hit = tiles.Where(tile => x >= tile.X && x < tile.X + tile.Width && y >= tile.Y && y < tile.Y + tile.Height)
            .OrderByDescending(tile => tile.Z).FirstOrDefault();
        return hit is null ? null : session.Rooms.First(room => room.RoomId == hit.RoomId).MerchantId;
    }

    private sealed record Change(long MediaTime, CoHostSession? Session, IReadOnlyList<LayoutTile> Tiles);
}
