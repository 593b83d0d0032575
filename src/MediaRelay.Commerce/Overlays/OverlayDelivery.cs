namespace MediaRelay.Commerce.Overlays;

/// <summary>Counts one message's way to the viewers. Thread-safe.</summary>
public sealed class OverlayDelivery(
    long seq, long sentAtMicros, string type, Identifiers.MerchantId? merchantId)
{
    /// <summary>What has not arrived after this long counts as lost.</summary>
    public const long LostAfterMicros = 5 * UnixMicros.PerSecond;

    // Upper bounds grow by a quarter from 1 ms, so a percentile is at most 25 % too high; the 60th is 10 minutes.
    private const int BucketCount = 60;
    private const double FirstBoundMs = 1;
    private const double Growth = 1.25;

    // Made when it first arrives somewhere: most messages of a room without viewers never do.
    private int[]? _latencies;
    private int _sent;
    private int _received;
    private int _confirmed;

    /// <summary>The message's type, as on the wire.</summary>
    public string Type => type;

    /// <summary>Whose message it is; null for the room's own.</summary>
    public Identifiers.MerchantId? MerchantId => merchantId;

    /// <summary>It was handed to one more viewer's connection.</summary>
    public void CountSent() => Interlocked.Increment(ref _sent);

    /// <summary>One viewer's <c>receipt</c> came: its page has shown the message, which is later than its arrival.</summary>
    public void CountConfirmed() => Interlocked.Increment(ref _confirmed);

    /// <summary>It arrived at one viewer: acknowledged by the transport or, where that tells nothing, by the viewer.</summary>
    public void CountReceived(long nowMicros)
    {
        var ms = Math.Max(0, nowMicros - sentAtMicros) / 1000.0;
        var bucket = ms <= FirstBoundMs ? 0 : (int)Math.Ceiling(Math.Log(ms / FirstBoundMs) / Math.Log(Growth));
        var latencies = Volatile.Read(ref _latencies);
        if (latencies is null)
        {
            var made = new int[BucketCount];
            latencies = Interlocked.CompareExchange(ref _latencies, made, null) ?? made;
        }

        Interlocked.Increment(ref latencies[Math.Min(bucket, BucketCount - 1)]);
        Interlocked.Increment(ref _received);
    }

    public DeliveryReceipt Read(long nowMicros)
    {
        var sent = Volatile.Read(ref _sent);
        var received = Volatile.Read(ref _received);
        var lost = nowMicros - sentAtMicros >= LostAfterMicros ? Math.Max(0, sent - received) : 0;
        return new DeliveryReceipt(seq, sent, received, lost, Volatile.Read(ref _confirmed), Percentile(0.5, received), Percentile(0.99, received));
    }

    private double? Percentile(double share, int received)
    {
        if (received == 0 || Volatile.Read(ref _latencies) is not { } latencies)
        {
            return null;
        }

        var rank = (int)Math.Ceiling(share * received);
        var seen = 0;
        for (var i = 0; i < BucketCount; i++)
        {
            seen += Volatile.Read(ref latencies[i]);
            if (seen >= rank)
            {
                return FirstBoundMs * Math.Pow(Growth, i);
            }
        }

        return FirstBoundMs * Math.Pow(Growth, BucketCount - 1);
    }
}
