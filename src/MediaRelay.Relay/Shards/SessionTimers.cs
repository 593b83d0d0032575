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

    // 5 s; a later deadline waits in the last slot and is looked at again.
    private readonly SlotWheel<PeerSession> _wheel = new(slotNanoseconds: 5_000_000, slots: 1024);
    private readonly List<PeerSession> _due = [];

    /// <summary>When <see cref="TakeDue"/> may have something to take; never while no deadline runs.</summary>
    public Timestamp NextDue => _wheel.NextDue;

    /// <summary>Sees to it that the session is due at its next timeout.</summary>
    public void Arm(Timestamp now, PeerSession session)
    {
        var deadline = session.NextTimeout;
        if (deadline == Timestamp.Never)
        {
            return;
        }

        var tick = _wheel.SlotOf(now, deadline);
        if (tick < session.ArmedTick)
        {
            session.ArmedTick = tick;
            _wheel.Add(tick, session);
        }
    }

    /// <summary>The sessions whose deadline has come; valid until the next call.</summary>
    public List<PeerSession> TakeDue(Timestamp now)
    {
        _due.Clear();
        foreach (var session in _wheel.TakeDue(now))
        {
            // Otherwise it has taken an earlier place since, and was due there.
            if (session.ArmedTick <= _wheel.Taken)
            {
                session.ArmedTick = NotArmed;
                _due.Add(session);
            }
        }

        return _due;
    }
}
