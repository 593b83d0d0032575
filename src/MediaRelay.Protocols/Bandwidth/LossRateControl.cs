using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Bandwidth;

/// <summary>
/// The loss-based rate (draft-ietf-rmcat-gcc-02 §6): cut by half of the loss when that is above 10 %, raised when it is
/// below 2 %, held in between; here counted over the last second of transport-wide feedback.
/// <para>
/// It is never cut below what arrives. Without that bound loss that has nothing to do with our rate (a radio link)
/// takes the draft's rate down to nothing; with it the rate ends where a path that drops the excess (a policer) carries
/// all.
/// </para>
/// </summary>
internal sealed class LossRateControl
{
    // §6: the two bounds, and the cut of (1 - 0.5 * loss).
    private const double HighLoss = 0.10;
    private const double LowLoss = 0.02;
    private const double LossWeight = 0.5;

    // With a quarter lost, viewers see nothing whole any more: then down to what arrives in one step instead of five.
    private const double SevereLoss = 0.25;

    // libwebrtc's send_side_bandwidth_estimation: 8 % per second, 300 ms and a round trip between cuts, and enough
    // packets for a share of 10 % to mean something (20 there).
    private const double IncreasePerSecond = 1.08;
    private const int MinPackets = 40;
    private static readonly TimeSpan DecreaseInterval = TimeSpan.FromMilliseconds(300);

    // A second: at 200 packets/s and 5 % loss, 10 % is then three deviations away.
    private const int RecentBuckets = 5;

    // 5 s tell 10 % from 5 % at a low layer's 80 packets/s as well.
    private const int BucketCount = 25;
    private const double PersistentLoss = 0.06;
    private static readonly TimeSpan BucketSpan = TimeSpan.FromMilliseconds(200);

    private readonly int[] _lost = new int[BucketCount];
    private readonly int[] _total = new int[BucketCount];
    private int _bucket;
    private Timestamp _bucketEnd = Timestamp.Never;
    private Timestamp _lastUpdate = Timestamp.Never;
    private Timestamp _lastDecrease = Timestamp.Never;

    /// <summary><see cref="long.MaxValue"/> while loss sets no limit.</summary>
    public long BitsPerSecond { get; private set; } = long.MaxValue;

    /// <summary>Share of packets lost in the last second, 0 to 1; 0 while too few are known.</summary>
    public double Fraction { get; private set; }

    public bool IsHigh => Fraction > HighLoss;

    /// <summary>
    /// True when so much was lost in the last five seconds that the next high loss is only a matter of time.
    /// </summary>
    public bool IsPersistent { get; private set; }

    public void OnPacket(bool isLost)
    {
        _total[_bucket]++;
        _lost[_bucket] += isLost ? 1 : 0;
    }

    /// <summary>A packet that was counted as lost has arrived after all.</summary>
    public void OnRecovered()
    {
        for (var back = 0; back < BucketCount; back++)
        {
            ref var lost = ref _lost[(_bucket + BucketCount - back) % BucketCount];
            if (lost > 0)
            {
                lost--;
                return;
            }
        }
    }

    /// <summary>
    /// Once per feedback, after its packets; true when the rate was cut. <paramref name="delayBased"/> is what the
    /// delay allows, <paramref name="acknowledged"/> what arrives, both in bits per second.
    /// </summary>
    public bool Update(Timestamp now, long delayBased, long acknowledged, TimeSpan roundTrip)
    {
        var elapsed = _lastUpdate == Timestamp.Never ? TimeSpan.Zero : now - _lastUpdate;
        _lastUpdate = now;
        Measure();
        var isCut = false;
        if (IsHigh)
        {
            isCut = TryDecrease(now, delayBased, acknowledged, roundTrip);
        }
        else if (Fraction < LowLoss && BitsPerSecond != long.MaxValue)
        {
            var raised = BitsPerSecond * Math.Pow(IncreasePerSecond, Math.Clamp(elapsed.TotalSeconds, 0, 1));

            // Twice what the delay allows is no limit any more.
            BitsPerSecond = raised >= 2.0 * delayBased ? long.MaxValue : (long)raised;
        }

        Turn(now);
        return isCut;
    }

    /// <summary>Takes over what a probe has shown, when that is more.</summary>
    public void Raise(long bitsPerSecond) => BitsPerSecond = Math.Max(BitsPerSecond, bitsPerSecond);

    private void Measure()
    {
        Fraction = GetFraction(RecentBuckets);
        IsPersistent = GetFraction(BucketCount) > PersistentLoss;
    }

    private double GetFraction(int buckets)
    {
        var lost = 0;
        var total = 0;
        for (var back = 0; back < buckets; back++)
        {
            var index = (_bucket + BucketCount - back) % BucketCount;
            lost += _lost[index];
            total += _total[index];
        }

        return total < MinPackets ? 0 : (double)lost / total;
    }

    private bool TryDecrease(Timestamp now, long delayBased, long acknowledged, TimeSpan roundTrip)
    {
        if (_lastDecrease != Timestamp.Never && now - _lastDecrease < DecreaseInterval + roundTrip)
        {
            return false;
        }

        _lastDecrease = now;
        var current = Math.Min(BitsPerSecond, delayBased);
        var cut = Fraction > SevereLoss && acknowledged > 0
            ? acknowledged
            : Math.Max(current * (1 - (LossWeight * Fraction)), acknowledged);
        BitsPerSecond = (long)Math.Min(cut, current);
        return BitsPerSecond < current;
    }

    private void Turn(Timestamp now)
    {
        if (_bucketEnd == Timestamp.Never)
        {
            _bucketEnd = now + BucketSpan;
        }

        for (var i = 0; i < BucketCount && now >= _bucketEnd; i++)
        {
            _bucket = (_bucket + 1) % BucketCount;
            _lost[_bucket] = 0;
            _total[_bucket] = 0;
            _bucketEnd += BucketSpan;
        }

        _bucketEnd = Timestamp.Max(_bucketEnd, now);
    }
}
