using MediaRelay.Protocols.Time;

namespace MediaRelay.Relay.Shards;

/// <summary>
/// Things that are due at some time, in slots of equal length: taking those that are due costs nothing while there are none, however
/// many wait.
/// </summary>
/// <param name="slotNanoseconds">A deadline is met at the end of its slot.</param>
/// <param name="slots">How many there are: a deadline behind the last of them lies in the last one.</param>
internal sealed class SlotWheel<T>(long slotNanoseconds, int slots)
{
    private const long None = long.MaxValue;

    // Lists go from slot to slot: a short deadline visits other slots in every round, and each would have one made for it.
    private readonly List<T>?[] _slots = new List<T>?[slots];
    private readonly Stack<List<T>> _spare = new();
    private readonly List<T> _due = [];
    private long _next = None;

    /// <summary>The slot that was taken last, counted from the clock's start; −1 before the first call.</summary>
    public long Taken { get; private set; } = -1;

    /// <summary>When <see cref="TakeDue"/> has something to take; never while nothing waits.</summary>
    public Timestamp NextDue => _next == None ? Timestamp.Never : new Timestamp(_next * slotNanoseconds);

    /// <summary>The slot of a deadline: one that has not been taken yet.</summary>
    public long SlotOf(Timestamp now, Timestamp due)
    {
        Begin(now);
        return Math.Clamp((due.Nanoseconds + slotNanoseconds - 1) / slotNanoseconds, Taken + 1, Taken + slots - 1);
    }

    public void Add(long slot, T item)
    {
        _next = Math.Min(_next, slot);
        (_slots[slot % slots] ??= _spare.TryPop(out var spare) ? spare : []).Add(item);
    }

    /// <summary>What lies in the slots that have ended; valid until the next call.</summary>
    public List<T> TakeDue(Timestamp now)
    {
        _due.Clear();
        Begin(now);

        // After a pause of the loop of more than a round every slot is due, once.
        var current = now.Nanoseconds / slotNanoseconds;
        for (Taken = Math.Max(Taken, current - slots); Taken < current;)
        {
            Taken++;
            if (_slots[Taken % slots] is { } slot)
            {
                _due.AddRange(slot);
                slot.Clear();
                _slots[Taken % slots] = null;
                _spare.Push(slot);
            }
        }

        if (_next <= Taken)
        {
            _next = FindNext();
        }

        return _due;
    }

    private void Begin(Timestamp now)
    {
        if (Taken < 0)
        {
            Taken = now.Nanoseconds / slotNanoseconds;
        }
    }

    private long FindNext()
    {
        for (var slot = Taken + 1; slot < Taken + slots; slot++)
        {
            if (_slots[slot % slots] is not null)
            {
                return slot;
            }
        }

        return None;
    }
}
