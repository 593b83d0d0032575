using System.Diagnostics.CodeAnalysis;
using MediaRelay.Mixing.Link;

namespace MediaRelay.Mixing.Scenes;

/// <summary>
/// Layouts that wait for their media time, in its order; of those for the same time the one that was told last counts. Any thread.
/// </summary>
internal sealed class LayoutTimeline
{
    /// <summary>Layouts that may wait: a director's script of a minute or two, and no way to fill memory.</summary>
    public const int Capacity = 64;

    private readonly Lock _lock = new();
    private readonly List<(long At, Layout Layout)> _waiting = [];

    /// <summary>Queues a change; false when <see cref="Capacity"/> wait already, and it is left out.</summary>
    public bool TryAdd(LayoutChange change)
    {
        // At once: before everything that has a time.
        var at = change.AtMediaTime ?? long.MinValue;
        lock (_lock)
        {
            if (_waiting.Count == Capacity && change.AtMediaTime is not null)
            {
                return false;
            }

            var index = _waiting.FindLastIndex(waiting => waiting.At <= at) + 1;
            if (index > 0 && _waiting[index - 1].At == at)
            {
                _waiting[index - 1] = (at, change.Layout);
            }
            else
            {
                _waiting.Insert(index, (at, change.Layout));
            }

            return true;
        }
    }

    /// <summary>
    /// The layout of the picture at <paramref name="mediaTime"/>, if one begins there or began since the last call; those that it replaces are forgotten.
    /// </summary>
    public bool TryTake(long mediaTime, [NotNullWhen(true)] out Layout? layout)
    {
        lock (_lock)
        {
            layout = null;
            var due = 0;
            while (due < _waiting.Count && _waiting[due].At <= mediaTime)
            {
                layout = _waiting[due++].Layout;
            }

            _waiting.RemoveRange(0, due);
            return layout is not null;
        }
    }
}
