namespace MediaRelay.Server.Options;

/// <summary>
/// <c>MediaRelay:Overload</c>: when the relay's loops count as falling behind, and what is given up then: new viewers first, then the
/// larger layers of the picture; never orders, hosts or who watches already.
/// </summary>
internal sealed class OverloadOptions
{
    public const string Section = "MediaRelay:Overload";

    /// <summary>Whether anything is given up; the loops are measured in any case.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// Percent of <see cref="Window"/>, 50–100, that the busiest loop may work. 90: beyond it queues grow with every burst.
    /// </summary>
    public int BusyLimit { get; set; } = 90;

    /// <summary>Percent, 10–99 and below <see cref="BusyLimit"/>, under which the pressure is over. 75: what a burst of joins takes is free again.</summary>
    public int BusyRelease { get; set; } = 75;

    /// <summary>
    /// How late a loop that has no time left may be, 1 ms to 10 s, in three of four samples of <see cref="Window"/>. 100 ms: what
    /// viewers may notice at most (p99). Half of it refused a tenth of a storm of 200 joins a second that the loops carried.
    /// </summary>
    public TimeSpan LagLimit { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Percent of <see cref="Window"/>, 0–99, that the busiest loop's thread must run itself for lag and drops to count. 30: below that
    /// others hold its core, and no viewer who stays away would give it back.
    /// </summary>
    public int LeastBusy { get; set; } = 30;

    /// <summary>What is judged, 200 ms to 1 min. A second: a collection of garbage or a compiled method is a small part of it.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the pressure must be over before viewers may join again, 0 s to 10 min.</summary>
    public TimeSpan JoinsReturnAfter { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long pressure may last although nobody joins before a layer is given up, and then the next, 0 s to 10 min.</summary>
    public TimeSpan CapLayersAfter { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How long the pressure must be over before a layer comes back, 0 s to 10 min; twice as long each time that this was too early.
    /// </summary>
    public TimeSpan LayersReturnAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long after the start nothing is judged, 0 s to 10 min: everything is compiled and filled for the first time.</summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(10);
}
