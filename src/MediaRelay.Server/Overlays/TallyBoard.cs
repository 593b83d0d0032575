using System.Collections.Concurrent;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Server.Overlays;

/// <summary>Likes per room: counted exactly at once, told to viewers a few times a second.</summary>
internal sealed class TallyBoard
{
    private readonly ConcurrentDictionary<RoomId, Count> _rooms = new();

    public void AddLikes(RoomId roomId, int likes)
    {
        if (likes > 0)
        {
            Interlocked.Add(ref _rooms.GetOrAdd(roomId, static _ => new Count()).Likes, likes);
        }
    }

    /// <summary>All likes of a room since the process started.</summary>
    public long Likes(RoomId roomId) => _rooms.TryGetValue(roomId, out var count) ? Interlocked.Read(ref count.Likes) : 0;

    /// <summary>True when likes or viewers differ from what this said last; one caller.</summary>
    public bool TryTakeChange(RoomId roomId, long viewers, out long likes)
    {
        var count = _rooms.GetOrAdd(roomId, static _ => new Count());
        likes = Interlocked.Read(ref count.Likes);
        if (likes == count.ToldLikes && viewers == count.ToldViewers)
        {
            return false;
        }

        count.ToldLikes = likes;
        count.ToldViewers = viewers;
        return true;
    }

    public void Forget(RoomId roomId) => _rooms.TryRemove(roomId, out _);

    private sealed class Count
    {
        public long Likes;

        public long ToldLikes { get; set; }

        public long ToldViewers { get; set; }
    }
}
