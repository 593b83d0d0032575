using MediaRelay.Protocols.Time;

namespace MediaRelay.Relay.Retransmission;

/// <summary>
/// How much of a viewer's path resends may take, where the path is estimated: at most half. A path that carries less than what is sent
/// loses packets, and resends of all of them would take the place of the packets that follow, which are then lost in turn.
/// </summary>
internal sealed class ResendBudget
{
    /// <summary>What may come at once, in bytes: a large picture of a low layer, so that one lost burst is answered whole.</summary>
    public const int LeastBurstBytes = 16 * 1024;

    private const int ShareOfEstimate = 2;

    // What was not taken in the last quarter of a second is forfeited: later it would be a burst on top of what fits.
    private static readonly TimeSpan BurstTime = TimeSpan.FromMilliseconds(250);

    private double _bytes = double.MaxValue;
    private Timestamp _at;

    /// <summary>Whether a resend may go out now.</summary>
    /// <param name="estimateBitsPerSecond">Of the whole path.</param>
    public bool HasRoom(Timestamp now, long estimateBitsPerSecond)
    {
        var bytesPerSecond = estimateBitsPerSecond / 8.0 / ShareOfEstimate;
        var most = Math.Max(LeastBurstBytes, bytesPerSecond * BurstTime.TotalSeconds);
        _bytes = Math.Min(most, _bytes + (Math.Max(0, (now - _at).TotalSeconds) * bytesPerSecond));
        _at = Timestamp.Max(_at, now);
        return _bytes > 0;
    }

    /// <summary>Forgets what was charged.</summary>
    public void Refill() => _bytes = double.MaxValue;

    /// <summary>Charges what was resent; may go below nothing by one packet.</summary>
    public void Take(int bytes) => _bytes -= bytes;
}
