using MediaRelay.Commerce.CoHosting;

namespace MediaRelay.Server.CoHosting;

/// <summary>
/// The layouts of a session by the media time of its first room from which they hold, so that a mixer that starts in between shows the right
/// one. Bounded; thread-safe.
/// </summary>
internal sealed class LayoutScript
{
    /// <summary>Layouts that may wait for their time: as many as a mixer keeps.</summary>
    public const int Capacity = 64;

    private readonly Lock _lock = new();
    private readonly List<(long From, CoHostLayout Layout)> _entries;

    public LayoutScript(CoHostLayout first) => _entries = [(long.MinValue, first)];

    /// <summary>A layout from a media time on (null: from now on); false when too many wait, and it is left out.</summary>
    public bool TryAdd(long now, CoHostLayout layout, long? at)
    {
        var from = at ?? now;
        lock (_lock)
        {
            Forget(now);
            var index = _entries.FindLastIndex(entry => entry.From <= from) + 1;
            if (index == 0)
            {
                // For a time before what is shown already.
                _entries[0] = (_entries[0].From, layout);
                return true;
            }

            if (_entries.Count > Capacity && at is not null)
            {
                return false;
            }

            _entries.Insert(index, (from, layout));
            Forget(now);
            return true;
        }
    }

    /// <summary>What holds at <paramref name="now"/>, and what follows, in its order.</summary>
    public (CoHostLayout Present, IReadOnlyList<(long From, CoHostLayout Layout)> Following) Read(long now)
    {
        lock (_lock)
        {
            Forget(now);
            return (_entries[0].Layout, [.. _entries.Skip(1)]);
        }
    }

    private void Forget(long now)
    {
        var present = _entries.FindLastIndex(entry => entry.From <= now);
        _entries.RemoveRange(0, Math.Max(0, present));
    }
}
