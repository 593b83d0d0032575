using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Sessions;

namespace MediaRelay.Relay.Shards;

/// <summary>
/// Which of a loop's sessions are due: a wheel of 5 ms slots, so that thousands of sessions cost nothing while none of their timers
/// runs out. A deadline that moves back is noticed when the old one comes; one that moves forward takes another place at once.
/// </summary>
internal sealed class SessionTimers
{
    /// <summary>A session's <see cref="PeerSession.ArmedTick"/> while no deadline runs.</summary>
    public const long NotArmed = long.MaxValue;

    private const long TickNanoseconds = 5_000_000;

    // 5 s; a later deadline waits in the last slot and is looked at again.
    private const int Slots = 1024;

    // Lists go from slot to slot: a short timer visits other slots in every round, and each would have one made for it.
    private readonly List<PeerSession>?[] _slots = new List<PeerSession>?[Slots];
    private readonly Stack<List<PeerSession>> _spare = new();
    private readonly List<PeerSession> _due = [];
    private long _tick = -1;

    /// <summary>Sees to it that the session is due at its next timeout.</summary>
    public void Arm(Timestamp now, PeerSession session)
    {
        var deadline = session.NextTimeout;
        if (deadline == Timestamp.Never)
        {
            return;
        }

        if (_tick < 0)
        {
            _tick = now.Nanoseconds / TickNanoseconds;
        }

        var tick = Math.Clamp((deadline.Nanoseconds + TickNanoseconds - 1) / TickNanoseconds, _tick + 1, _tick + Slots - 1);
        if (tick >= session.ArmedTick)
        {
            return;
        }

        session.ArmedTick = tick;
        (_slots[tick % Slots] ??= _spare.TryPop(out var spare) ? spare : []).Add(session);
    }

    /// <summary>The sessions whose deadline has come; valid until the next call.</summary>
    public List<PeerSession> TakeDue(Timestamp now)
    {
        _due.Clear();
        var current = now.Nanoseconds / TickNanoseconds;
        if (_tick < 0)
        {
            _tick = current;
        }

        // After a pause of the loop of more than a round every slot is due, once.
        for (_tick = Math.Max(_tick, current - Slots); _tick < current;)
        {
            _tick++;
            if (_slots[_tick % Slots] is not { Count: > 0 } slot)
            {
                continue;
            }

            foreach (var session in slot)
            {
                // Otherwise it has taken an earlier place since.
                if (session.ArmedTick <= _tick)
                {
                    session.ArmedTick = NotArmed;
                    _due.Add(session);
                }
            }

            slot.Clear();
            _slots[_tick % Slots] = null;
            _spare.Push(slot);
        }

        return _due;
    }
}
