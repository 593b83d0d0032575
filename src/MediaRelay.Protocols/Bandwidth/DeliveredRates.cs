namespace MediaRelay.Protocols.Bandwidth;

/// <summary>
/// What arrives, beside what was sent for it, in bits per second; all 0 while nothing is known.
/// </summary>
/// <param name="Acknowledged">Arrived, over the last 500 ms of the receiver's clock.</param>
/// <param name="Recent">Arrived, over the last 150 ms.</param>
/// <param name="Sent">Sent, over 500 ms of ours, of the packets that feedback has told of, lost ones with them.</param>
/// <param name="Backlogged">What the path carries when it has suddenly become slower (<see cref="BacklogDetector"/>);
/// otherwise 0.</param>
internal readonly record struct DeliveredRates(long Acknowledged, long Recent, long Sent, long Backlogged = 0)
{
    // Frames make the rate of 150 ms uneven (four or five frames at 30 fps), so it must be far off to be believed.
    private const double CollapsedRecent = 0.5;
    private const double SteadyRecent = 0.7;
    private const double DeliveredShare = 0.8;

    /// <summary>True when nearly all that is sent arrives at the rate at which it is sent.</summary>
    public bool IsDelivered =>
        Backlogged == 0 && Acknowledged >= Sent * DeliveredShare && Recent >= Sent * CollapsedRecent;

    /// <summary>
    /// What the path carries when its queue is full: the rate after a sudden limit shows in the recent one first.
    /// </summary>
    public long Capacity
    {
        get
        {
            var arriving = Recent > 0 && Recent < Acknowledged * SteadyRecent ? Recent : Acknowledged;
            if (Backlogged == 0 || arriving == 0)
            {
                return Math.Max(Backlogged, arriving);
            }

            return Math.Min(Backlogged, arriving);
        }
    }
}
