using MediaRelay.Protocols.Payloads;
using MediaRelay.Relay.Forwarding;

namespace MediaRelay.Server.CoHosting;

/// <summary>
/// A mix in one feed of a room, its viewers' or its host's: the source that it shows, and while the codec changes the one to come.
/// </summary>
internal sealed class MixFeed(int room, bool isReturn, bool isPortrait)
{
    private readonly List<Entry> _entries = [];

    /// <summary>The room's place in the session.</summary>
    public int Room { get; } = room;

    /// <summary>It is the one that the room's host gets.</summary>
    public bool IsReturn { get; } = isReturn;

    public bool IsPortrait { get; } = isPortrait;

    /// <summary>At most two.</summary>
    public IReadOnlyList<Entry> Entries => _entries;

    /// <summary>The one that is to be shown.</summary>
    public Entry Newest => _entries[^1];

    /// <summary>The one that is shown, or will be first.</summary>
    public Entry Oldest => _entries[0];

    /// <summary>
    /// The feed changes to that source. One that it has not shown yet is taken away; what it shows stays until the new one is shown.
    /// </summary>
    public void Add(Entry entry)
    {
        foreach (var waiting in _entries.Where(static other => !other.IsShown).ToList())
        {
            Remove(waiting);
        }

        _entries.Add(entry);
    }

    /// <summary>Goes on with what is shown, if that is in this codec; false when it is not.</summary>
    public bool TryKeep(VideoCodec codec)
    {
        if (Oldest is not { IsShown: true } shown || shown.Picture.Codec != codec)
        {
            return false;
        }

        foreach (var waiting in _entries.Skip(1).ToList())
        {
            Remove(waiting);
        }

        return true;
    }

    /// <summary>The feed shows that source: those before it have done their part.</summary>
    public void NoteShown(Entry entry)
    {
        if (!_entries.Contains(entry))
        {
            return;
        }

        entry.IsShown = true;
        foreach (var earlier in _entries.TakeWhile(other => other != entry).ToList())
        {
            Remove(earlier);
        }
    }

    private void Remove(Entry entry)
    {
        _entries.Remove(entry);
        entry.Source.Remove();
    }

    /// <summary>One source and the picture that it shows.</summary>
    internal sealed class Entry(MixPicture picture)
    {
        private MixSource? _source;

        public MixPicture Picture { get; } = picture;

        public bool IsShown { get; set; }

        public MixSource Source => _source ?? throw new InvalidOperationException("The source is not there yet.");

        /// <summary>The feed's, made with callbacks that name this entry.</summary>
        public void Attach(MixSource source) => _source = source;
    }
}
