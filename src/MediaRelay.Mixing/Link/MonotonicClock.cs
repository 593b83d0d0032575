using System.Diagnostics;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Mixing.Link;

/// <summary>
/// The machine's monotonic clock as a <see cref="Timestamp"/>. Relay and worker run on the same machine, where it is
/// the same for every process, so times can cross the link as they are; wall time never does.
/// </summary>
internal static class MonotonicClock
{
    public static Timestamp Now => new((long)((Int128)Stopwatch.GetTimestamp() * 1_000_000_000 / Stopwatch.Frequency));
}
