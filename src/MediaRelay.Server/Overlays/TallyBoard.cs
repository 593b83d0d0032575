using System.Collections.Concurrent;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Server.Hosting;

namespace MediaRelay.Server.Overlays;

/// <summary>
/// Likes per room: counted exactly at once, told to viewers a few times a second, and kept by commerce every few seconds, so that a restart
/// goes on from there.
/// </summary>
internal sealed class TallyBoard(CommerceHost commerce)
{
    private readonly ConcurrentDictionary<RoomId, Count> _rooms = new();

    public void AddLikes(RoomId roomId, int likes)
    {
        if (likes > 0)
        {
            Interlocked.Add(ref Of(roomId).Likes, likes);
        }
    }

    /// <summary>All likes of a room.</summary>
    public long Likes(RoomId roomId) => Interlocked.Read(ref Of(roomId).Likes);

    /// <summary>True when likes or viewers differ from what this said last; one caller.</summary>
    public bool TryTakeChange(RoomId roomId, long viewers, out long likes)
    {
        var count = Of(roomId);
        likes = Interlocked.Read(ref count.Likes);
        if (likes == count.ToldLikes && viewers == count.ToldViewers)
        {
            return false;
        }

        count.ToldLikes = likes;
        count.ToldViewers = viewers;
        return true;
    }

    /// <summary>The rooms whose likes differ from what commerce keeps, and their likes; one caller.</summary>
    public IReadOnlyList<(RoomId RoomId, long Likes)> FindUnkept() =>
        [.. _rooms.Select(room => (room.Key, Likes: Interlocked.Read(ref room.Value.Likes), room.Value.KeptLikes))
            .Where(room => room.Likes != room.KeptLikes).Select(room => (room.Key, room.Likes))];

    /// <summary>Commerce keeps these.</summary>
    public void NoteKept(IReadOnlyList<(RoomId RoomId, long Likes)> kept)
    {
        foreach (var (roomId, likes) in kept)
        {
            Of(roomId).KeptLikes = likes;
        }
    }

    public void Forget(RoomId roomId) => _rooms.TryRemove(roomId, out _);

    private Count Of(RoomId roomId) => _rooms.GetOrAdd(roomId, static (id, commerce) => new Count(commerce.Service.GetLikes(id)), commerce);

    private sealed class Count(long kept)
    {
        public long Likes = kept;

        public long KeptLikes { get; set; } = kept;

        public long ToldLikes { get; set; }

        public long ToldViewers { get; set; }
    }
}
