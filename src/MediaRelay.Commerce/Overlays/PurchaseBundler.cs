using MediaRelay.Commerce.Events;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Overlays;

/// <summary>
/// Sends purchases one by one until a room has more than 400 in a second; then one merchant's purchases of 100 ms share
/// a message, so that a flash sale's overlays grow with time and not with orders. A merchant that has less than its share
/// of the 400 is not held back for the others. Not thread-safe.
/// </summary>
public sealed class PurchaseBundler
{
    public const int MaxPerSecond = 400;
    public const long BundleMicros = UnixMicros.PerSecond / 10;

    // The longest purchase takes about 900 bytes; 60 of them stay below the envelope's 60 KiB.
    public const int MaxBundle = 60;

    private const int Slices = 10;

    private readonly int[] _counts = new int[Slices];
    private readonly Dictionary<MerchantId, MerchantCount> _merchants = [];
    private readonly Dictionary<MerchantId, PurchaseBundle> _open = [];
    private long _slice;
    private int _lastSecond;

    /// <summary>When the oldest open bundle is due, in Unix microseconds; null when none is open.</summary>
    public long? NextTimeout { get; private set; }

    /// <summary>Takes a purchase; what is to be sent now goes to <paramref name="ready"/>.</summary>
    public void Add(long nowMicros, long? mediaTime, Purchase purchase, List<PurchaseBundle> ready)
    {
        HandleTimeout(nowMicros, ready);
        _counts[_slice % Slices]++;
        _lastSecond++;
        var merchant = purchase.Item.MerchantId;
        if (!_merchants.TryGetValue(merchant, out var own))
        {
            _merchants[merchant] = own = new MerchantCount();
        }

        own.Slices[_slice % Slices]++;
        own.LastSecond++;
        if (_open.TryGetValue(merchant, out var open))
        {
            ((List<Purchase>)open.Purchases).Add(purchase);
            if (open.Purchases.Count == MaxBundle)
            {
                ready.Add(open);
                _open.Remove(merchant);
                FindNextTimeout();
            }
        }
        else if (_lastSecond <= MaxPerSecond || own.LastSecond * _merchants.Count <= MaxPerSecond)
        {
            ready.Add(new PurchaseBundle(merchant, nowMicros, mediaTime, [purchase]));
        }
        else
        {
            _open[merchant] = new PurchaseBundle(merchant, nowMicros, mediaTime, new List<Purchase> { purchase });
            FindNextTimeout();
        }
    }

    /// <summary>Closes the bundles that are due.</summary>
    public void HandleTimeout(long nowMicros, List<PurchaseBundle> ready)
    {
        MoveTo(nowMicros / BundleMicros);
        if (NextTimeout is not { } due || nowMicros < due)
        {
            return;
        }

        foreach (var bundle in _open.Values.Where(bundle => nowMicros >= bundle.SentAtMicros + BundleMicros).ToList())
        {
            ready.Add(bundle);
            _open.Remove(bundle.MerchantId);
        }

        FindNextTimeout();
    }

    // The second behind now as ten slices; those that fell out of it are emptied.
    private void MoveTo(long slice)
    {
        if (slice - _slice >= Slices)
        {
            Array.Clear(_counts);
            _merchants.Clear();
            _lastSecond = 0;
            _slice = slice;
        }

        while (_slice < slice)
        {
            _slice++;
            _lastSecond -= _counts[_slice % Slices];
            _counts[_slice % Slices] = 0;
            foreach (var (merchant, count) in _merchants)
            {
                count.LastSecond -= count.Slices[_slice % Slices];
                count.Slices[_slice % Slices] = 0;
                if (count.LastSecond == 0)
                {
                    _merchants.Remove(merchant);
                }
            }
        }
    }

    private void FindNextTimeout() =>
        NextTimeout = _open.Count == 0 ? null : _open.Values.Min(bundle => bundle.SentAtMicros) + BundleMicros;

    private sealed class MerchantCount
    {
        public int[] Slices { get; } = new int[PurchaseBundler.Slices];

        public int LastSecond { get; set; }
    }
}
