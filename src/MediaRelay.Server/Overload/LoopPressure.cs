namespace MediaRelay.Server.Overload;

/// <summary>What the relay's loops did in a short while; of each the worst loop's.</summary>
/// <param name="Length">How long the while was.</param>
/// <param name="Processor">
/// Share of it, 0–1, that the busiest loop's thread ran on a core; null when that is not known.
/// </param>
/// <param name="Occupied">
/// Share of it, 0–1, that the busiest loop was in a turn. Waiting for a core within a turn is part of it: on a machine that others use
/// too it says more than the loop's own work.
/// </param>
/// <param name="Lag">How long a datagram can have waited at the slowest loop.</param>
/// <param name="Dropped">Packets that found a full queue, between loops or in the kernel at a loop's socket; of all loops.</param>
internal readonly record struct LoopPressure(TimeSpan Length, double? Processor, double Occupied, TimeSpan Lag, long Dropped)
{
    /// <summary>Both together: the worse of each.</summary>
    public static LoopPressure Worst(in LoopPressure one, in LoopPressure other) => new(
        one.Length > other.Length ? one.Length : other.Length,
        one.Processor is { } left && other.Processor is { } right ? Math.Max(left, right) : one.Processor ?? other.Processor,
        Math.Max(one.Occupied, other.Occupied),
        one.Lag > other.Lag ? one.Lag : other.Lag,
        one.Dropped + other.Dropped);
}
