using System.Runtime.CompilerServices;

namespace MediaRelay.Protocols.Time;

/// <summary>
/// The timers of one state machine, one slot per member of <typeparamref name="TTimer"/> (an enum numbered 0, 1, 2 …, at most 32).
/// </summary>
public struct TimerTable<TTimer>
    where TTimer : unmanaged, Enum
{
    private readonly Timestamp[] _deadlines;

    public TimerTable()
    {
        _deadlines = new Timestamp[Enum.GetValues<TTimer>().Length];
        Array.Fill(_deadlines, Timestamp.Never);
    }

    /// <summary>The earliest deadline of all, or <see cref="Timestamp.Never"/>.</summary>
    public readonly Timestamp Next
    {
        get
        {
            var next = Timestamp.Never;
            foreach (var deadline in _deadlines)
            {
                next = Timestamp.Min(next, deadline);
            }

            return next;
        }
    }

    public readonly Timestamp this[TTimer timer] => _deadlines[Index(timer)];

    public readonly void Set(TTimer timer, Timestamp deadline) => _deadlines[Index(timer)] = deadline;

    public readonly void Stop(TTimer timer) => _deadlines[Index(timer)] = Timestamp.Never;

    public readonly bool IsRunning(TTimer timer) => _deadlines[Index(timer)] != Timestamp.Never;

    /// <summary>Stops the timer and returns true when its deadline has come.</summary>
    public readonly bool TryExpire(Timestamp now, TTimer timer)
    {
        ref var deadline = ref _deadlines[Index(timer)];
        if (deadline > now)
        {
            return false;
        }

        deadline = Timestamp.Never;
        return true;
    }

    private static int Index(TTimer timer) => Unsafe.SizeOf<TTimer>() switch
    {
        1 => Unsafe.As<TTimer, byte>(ref timer),
        4 => Unsafe.As<TTimer, int>(ref timer),
        _ => Convert.ToInt32(timer),
    };
}
