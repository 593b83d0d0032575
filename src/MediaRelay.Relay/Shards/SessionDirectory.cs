using System.Collections.Concurrent;
using MediaRelay.Relay.Sessions;

namespace MediaRelay.Relay.Shards;

/// <summary>
/// Finds the session that a STUN user name fragment belongs to, from any loop: a peer's first check can reach any of them, and belongs
/// to the loop that it reached.
/// </summary>
public sealed class SessionDirectory
{
    private readonly ConcurrentDictionary<string, PeerSession> _byUfrag = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, PeerSession>.AlternateLookup<ReadOnlySpan<char>> _bySpan;

    public SessionDirectory() => _bySpan = _byUfrag.GetAlternateLookup<ReadOnlySpan<char>>();

    public int Count => _byUfrag.Count;

    internal bool TryAdd(string ufrag, PeerSession session) => _byUfrag.TryAdd(ufrag, session);

    internal void Remove(string ufrag, PeerSession session) => _byUfrag.TryRemove(new(ufrag, session));

    internal bool TryFind(ReadOnlySpan<byte> utf8Ufrag, out PeerSession? session)
    {
        session = null;
        if (utf8Ufrag.Length is 0 or > 256)
        {
            return false;
        }

        Span<char> ufrag = stackalloc char[256];
        return System.Text.Encoding.ASCII.TryGetChars(utf8Ufrag, ufrag, out var length)
            && _bySpan.TryGetValue(ufrag[..length], out session);
    }
}
