namespace MediaRelay.Protocols.Time;

/// <summary>
/// A point on the process's monotonic clock, in nanoseconds since an arbitrary start. Protocol code gets it as an argument and
/// never reads a clock itself.
/// </summary>
public readonly record struct Timestamp(long Nanoseconds) : IComparable<Timestamp>
{
    /// <summary>Later than every real time: "no timer is running".</summary>
    public static readonly Timestamp Never = new(long.MaxValue);

    /// <summary>The clock's start.</summary>
    public static readonly Timestamp Zero = new(0);

    public static Timestamp FromMilliseconds(long milliseconds) => new(milliseconds * 1_000_000);

    public static Timestamp operator +(Timestamp time, TimeSpan span) =>
        time == Never ? Never : new Timestamp(time.Nanoseconds + (span.Ticks * 100));

    public static Timestamp operator -(Timestamp time, TimeSpan span) =>
        time == Never ? Never : new Timestamp(time.Nanoseconds - (span.Ticks * 100));

    public static TimeSpan operator -(Timestamp left, Timestamp right) => new((left.Nanoseconds - right.Nanoseconds) / 100);

    public static bool operator <(Timestamp left, Timestamp right) => left.Nanoseconds < right.Nanoseconds;

    public static bool operator >(Timestamp left, Timestamp right) => left.Nanoseconds > right.Nanoseconds;

    public static bool operator <=(Timestamp left, Timestamp right) => left.Nanoseconds <= right.Nanoseconds;

    public static bool operator >=(Timestamp left, Timestamp right) => left.Nanoseconds >= right.Nanoseconds;

    public static Timestamp Min(Timestamp left, Timestamp right) => left <= right ? left : right;

    public static Timestamp Max(Timestamp left, Timestamp right) => left >= right ? left : right;

    public int CompareTo(Timestamp other) => Nanoseconds.CompareTo(other.Nanoseconds);

    public override string ToString() => this == Never ? "never" : $"{Nanoseconds / 1e6:F3} ms";
}
